import { agentTypeTraits, defaultAgentType, isAgentType } from '../../../domain/agents/agent-type.js';
import type { MessagePresentation } from '../../presenters/letta-message-types.js';

export interface PresentationMembers {
  readonly use_assistant_message: boolean;
  readonly assistant_message_tool_name: string;
  readonly assistant_message_tool_kwarg: string;
  readonly include_compaction_messages?: boolean;
}

/** Without further wishes. */
export const plainPresentation: PresentationMembers = {
  use_assistant_message: true,
  assistant_message_tool_name: 'send_message',
  assistant_message_tool_kwarg: 'message',
};

/** How a request wants the messages of an agent of this type to be shown. */
export function presentationOf(agentType: string, body: PresentationMembers): MessagePresentation {
  const traits = agentTypeTraits(isAgentType(agentType) ? agentType : defaultAgentType);
  return {
    textIsAssistantMessage: traits.textIsAssistantMessage,
    useAssistantMessage: traits.speaksBySendMessage && body.use_assistant_message,
    assistantMessageToolName: body.assistant_message_tool_name,
    assistantMessageToolKwarg: body.assistant_message_tool_kwarg,
    includeCompactionMessages: body.include_compaction_messages ?? false,
  };
}
