import { z } from 'zod';
import { createdAtOrder, jsonObject, nothing, paging, pathId, queryBoolean, queryInteger, queryList } from './fields.js';
import { defineRoute } from './route.js';

export const block = z.object({
  id: z.string(),
  label: z.string().nullable(),
  value: z.string(),
  limit: z.number(),
  description: z.string().nullable(),
  read_only: z.boolean(),
  metadata: jsonObject.nullable(),
  hidden: z.boolean().nullable(),
  tags: z.array(z.string()).nullable(),
  is_template: z.boolean(),
  template_name: z.string().nullable(),
  template_id: z.string().nullable(),
  base_template_id: z.string().nullable(),
  deployment_id: z.string().nullable(),
  entity_id: z.string().nullable(),
  project_id: z.string().nullable(),
  preserve_on_migration: z.boolean().nullable(),
  created_by_id: z.string().nullable(),
  last_updated_by_id: z.string().nullable(),
  /** Of this server, beside V1: of the newest version of the content, from 1. Also the ETag. */
  version: z.number(),
});

/** What the database's integer holds. */
const largestLimit = 2_147_483_647;

const blockDetails = {
  limit: z.number().int().positive().max(largestLimit).nullish(),
  description: z.string().nullish(),
  read_only: z.boolean().optional(),
  metadata: jsonObject.nullish(),
  hidden: z.boolean().nullish(),
  tags: z.array(z.string()).nullish(),
  is_template: z.boolean().optional(),
  template_name: z.string().nullish(),
  template_id: z.string().nullish(),
  base_template_id: z.string().nullish(),
  deployment_id: z.string().nullish(),
  entity_id: z.string().nullish(),
  project_id: z.string().nullish(),
  preserve_on_migration: z.boolean().nullish(),
};

export const createBlock = z.object({ label: z.string().min(1), value: z.string().nullable(), ...blockDetails });
/** Of this server, beside V1. */
export const blockVersionNumber = z.number().int().positive().max(largestLimit);

export const updateBlock = z.object({
  label: z.string().min(1).nullish(),
  value: z.string().nullish(),
  ...blockDetails,
  /** The write is refused with 409 when the block has another version; If-Match says the same. */
  expected_version: blockVersionNumber.nullish(),
  /** The version that the writer has changed: what others have done since is kept, and 409 only tells of changes in the same place. */
  base_version: blockVersionNumber.nullish(),
});

export type CreateBlockBody = z.output<typeof createBlock>;
export type UpdateBlockBody = z.output<typeof updateBlock>;

const tag = 'blocks';
const labelQuery = z
  .string()
  .min(1)
  .max(50)
  .regex(/^[a-zA-Z0-9_/-]+$/);
const searchText = z.string().min(1).max(200);
const anyCount = queryInteger(Number.MIN_SAFE_INTEGER);
const blockFilters = {
  label: labelQuery.optional(),
  templates_only: queryBoolean.default(false),
  name: z
    .string()
    .min(1)
    .max(100)
    .regex(/^[a-zA-Z0-9 _-]+$/)
    .optional(),
  project_id: z.string().optional(),
  tags: queryList.optional(),
  match_all_tags: queryBoolean.default(false),
};
const byBlock = z.object({ block_id: pathId('block') });
const byAgent = z.object({ agent_id: pathId('agent') });
const byAgentAndLabel = z.object({ agent_id: pathId('agent'), block_label: z.string() });
const byAgentAndBlock = z.object({ agent_id: pathId('agent'), block_id: pathId('block') });

export const listBlocks = defineRoute({
  operationId: 'list_blocks',
  method: 'get',
  path: '/v1/blocks/',
  tag,
  summary: 'List blocks',
  params: nothing,
  query: z.object({
    ...blockFilters,
    ...paging({ limit: 50, order: 'asc' }),
    order_by: createdAtOrder,
    identity_id: pathId('identity').optional(),
    identifier_keys: queryList.optional(),
    label_search: labelQuery.optional(),
    description_search: searchText.optional(),
    value_search: searchText.optional(),
    connected_to_agents_count_gt: anyCount.optional(),
    connected_to_agents_count_lt: anyCount.optional(),
    connected_to_agents_count_eq: z
      .preprocess(value => (value === undefined || Array.isArray(value) ? value : [value]), z.array(anyCount))
      .optional(),
    show_hidden_blocks: queryBoolean.default(false),
  }),
  body: nothing,
  response: z.array(block),
});

export const countBlocks = defineRoute({
  operationId: 'count_blocks',
  method: 'get',
  path: '/v1/blocks/count',
  tag,
  summary: 'Count blocks',
  params: nothing,
  query: z.object(blockFilters),
  body: nothing,
  response: z.number(),
});

export const createBlockRoute = defineRoute({
  operationId: 'create_block',
  method: 'post',
  path: '/v1/blocks/',
  tag,
  summary: 'Create a block',
  params: nothing,
  query: nothing,
  body: createBlock,
  response: block,
});

export const retrieveBlock = defineRoute({
  operationId: 'retrieve_block',
  method: 'get',
  path: '/v1/blocks/{block_id}',
  tag,
  summary: 'Retrieve a block',
  params: byBlock,
  query: nothing,
  body: nothing,
  response: block,
});

export const modifyBlock = defineRoute({
  operationId: 'modify_block',
  method: 'patch',
  path: '/v1/blocks/{block_id}',
  tag,
  summary: 'Change a block, for every agent that has it',
  params: byBlock,
  query: nothing,
  body: updateBlock,
  response: block,
});

export const deleteBlock = defineRoute({
  operationId: 'delete_block',
  method: 'delete',
  path: '/v1/blocks/{block_id}',
  tag,
  summary: 'Delete a block',
  params: byBlock,
  query: nothing,
  body: nothing,
  response: z.null(),
});

const internal = { tag: '_internal_blocks' } as const;

export const listInternalBlocks = defineRoute({
  ...listBlocks,
  ...internal,
  operationId: 'list_internal_blocks',
  path: '/v1/_internal_blocks/',
});

export const createInternalBlock = defineRoute({
  ...createBlockRoute,
  ...internal,
  operationId: 'create_internal_block',
  path: '/v1/_internal_blocks/',
});

export const deleteInternalBlock = defineRoute({
  ...deleteBlock,
  ...internal,
  operationId: 'delete_internal_block',
  path: '/v1/_internal_blocks/{block_id}',
});

const memoryTag = 'core memory';

export const listCoreMemoryBlocks = defineRoute({
  operationId: 'list_core_memory_blocks',
  method: 'get',
  path: '/v1/agents/{agent_id}/core-memory/blocks',
  tag: memoryTag,
  summary: "List an agent's blocks",
  params: byAgent,
  query: z.object({ ...paging({ limit: 100, order: 'desc' }), order_by: createdAtOrder }),
  body: nothing,
  response: z.array(block),
});

export const retrieveCoreMemoryBlock = defineRoute({
  operationId: 'retrieve_core_memory_block',
  method: 'get',
  path: '/v1/agents/{agent_id}/core-memory/blocks/{block_label}',
  tag: memoryTag,
  summary: "Retrieve an agent's block by its label",
  params: byAgentAndLabel,
  query: nothing,
  body: nothing,
  response: block,
});

export const modifyCoreMemoryBlock = defineRoute({
  operationId: 'modify_core_memory_block',
  method: 'patch',
  path: '/v1/agents/{agent_id}/core-memory/blocks/{block_label}',
  tag: memoryTag,
  summary: "Change an agent's block by its label",
  params: byAgentAndLabel,
  query: nothing,
  body: updateBlock,
  response: block,
});

export const modifyInternalCoreMemoryBlock = defineRoute({
  ...modifyCoreMemoryBlock,
  tag: '_internal_agents',
  operationId: 'modify_internal_core_memory_block',
  path: '/v1/_internal_agents/{agent_id}/core-memory/blocks/{block_label}',
});

/** These answer with the agent or a part of it: its contract gives the schema. */
export const coreMemoryPaths = {
  memory: { path: '/v1/agents/{agent_id}/core-memory', params: byAgent, tag: memoryTag },
  attach: { path: '/v1/agents/{agent_id}/core-memory/blocks/attach/{block_id}', params: byAgentAndBlock, tag: memoryTag },
  detach: { path: '/v1/agents/{agent_id}/core-memory/blocks/detach/{block_id}', params: byAgentAndBlock, tag: memoryTag },
  agentsOfBlock: { path: '/v1/blocks/{block_id}/agents', params: byBlock, tag },
} as const;
