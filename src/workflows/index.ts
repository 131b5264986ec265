export { agentConversation } from './agent-conversation.workflow.js';
export { agentStep } from './agent-step.workflow.js';
export { answeredCalls } from './answered-calls.workflow.js';
export { approvalDeadline } from './approval-deadline.workflow.js';
export { reconcile } from './reconcile.workflow.js';
export { summarize } from './summarize.workflow.js';
export { toolCall } from './tool-call.workflow.js';
export { wakeAgent } from './wake-agent.workflow.js';
