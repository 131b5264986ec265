import { z } from 'zod';
import { agentState, inclusion, memory } from './agents.contract.js';
import { coreMemoryPaths } from './blocks.contract.js';
import { createdAtOrder, nothing, paging, queryBoolean } from './fields.js';
import { defineRoute } from './route.js';
import { agentToolPaths } from './tools.contract.js';

export const retrieveAgentMemory = defineRoute({
  ...coreMemoryPaths.memory,
  operationId: 'retrieve_agent_memory',
  method: 'get',
  summary: "Retrieve an agent's memory",
  query: nothing,
  body: nothing,
  response: memory,
});

export const attachBlock = defineRoute({
  ...coreMemoryPaths.attach,
  operationId: 'attach_core_memory_block',
  method: 'patch',
  summary: 'Attach a block to an agent',
  query: nothing,
  body: z.unknown(),
  response: agentState,
});

export const detachBlock = defineRoute({
  ...coreMemoryPaths.detach,
  operationId: 'detach_core_memory_block',
  method: 'patch',
  summary: 'Detach a block from an agent',
  query: nothing,
  body: z.unknown(),
  response: agentState,
});

export const listAgentsForBlock = defineRoute({
  ...coreMemoryPaths.agentsOfBlock,
  operationId: 'list_agents_for_block',
  method: 'get',
  summary: 'List the agents that have a block',
  query: z.object({ ...paging({ limit: 50, order: 'desc' }), ...inclusion, order_by: createdAtOrder }),
  body: nothing,
  response: z.array(agentState),
});

export const listAgentsForInternalBlock = defineRoute({
  ...listAgentsForBlock,
  tag: '_internal_blocks',
  operationId: 'list_agents_for_internal_block',
  path: '/v1/_internal_blocks/{block_id}/agents',
});

export const attachTool = defineRoute({
  ...agentToolPaths.attach,
  operationId: 'attach_tool_to_agent',
  method: 'patch',
  summary: 'Attach a tool to an agent',
  params: agentToolPaths.params,
  query: nothing,
  body: z.unknown(),
  response: agentState,
});

export const detachTool = defineRoute({
  ...agentToolPaths.detach,
  operationId: 'detach_tool_from_agent',
  method: 'patch',
  summary: 'Detach a tool from an agent',
  params: agentToolPaths.params,
  query: nothing,
  body: z.unknown(),
  response: agentState,
});

export const modifyApproval = defineRoute({
  ...agentToolPaths.approval,
  operationId: 'modify_approval_for_tool',
  optionalBody: true,
  method: 'patch',
  summary: "Have an agent's tool wait for approval, or not any more",
  query: z.object({ requires_approval: queryBoolean.optional() }),
  // The official TypeScript SDK sends it under the second name.
  body: z.strictObject({ requires_approval: z.boolean().optional(), body_requires_approval: z.boolean().optional() }),
  response: agentState,
});
