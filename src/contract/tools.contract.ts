import { z } from 'zod';
import { createdAtOrder, jsonObject, nothing, paging, pathId, queryBoolean, queryList } from './fields.js';
import { defineRoute } from './route.js';

/** How what a tool did is undone: by a call of another one. Texts may hold `{{ arguments.… }}` and `{{ result.… }}` of the call. */
export const toolUndo = z.strictObject({
  tool_name: z.string().min(1).max(256),
  arguments: jsonObject.default({}),
  on_cancel: z.boolean().default(false),
});

export const tool = z.object({
  id: z.string(),
  tool_type: z.string(),
  name: z.string().nullable(),
  description: z.string().nullable(),
  source_type: z.string().nullable(),
  source_code: z.string().nullable(),
  json_schema: jsonObject.nullable(),
  args_json_schema: jsonObject.nullable(),
  tags: z.array(z.string()),
  return_char_limit: z.number(),
  pip_requirements: z.array(jsonObject).nullable(),
  npm_requirements: z.array(jsonObject).nullable(),
  default_requires_approval: z.boolean().nullable(),
  enable_parallel_execution: z.boolean().nullable(),
  created_by_id: z.string().nullable(),
  last_updated_by_id: z.string().nullable(),
  metadata_: jsonObject.nullable(),
  project_id: z.string().nullable(),
  /** Of this server, beside V1. */
  retry_class: z.enum(['never', 'on_interrupt', 'always']),
  timeout_ms: z.number().nullable(),
  network: z.enum(['none', 'public', 'host']).nullable(),
  undo: toolUndo.nullable(),
});

export const toolTypes = [
  'custom',
  'letta_core',
  'letta_memory_core',
  'letta_multi_agent_core',
  'letta_sleeptime_core',
  'letta_voice_sleeptime_core',
  'letta_builtin',
  'letta_files_core',
  'external_langchain',
  'external_composio',
  'external_mcp',
] as const;

/** As every list, and also as one text with commas. */
const commaList = queryList.transform(items => items.flatMap(item => item.split(',')).map(item => item.trim()));

const tag = 'tools';
const toolFilters = {
  name: z.string().optional(),
  names: commaList.optional(),
  tool_ids: commaList.optional(),
  search: z.string().optional(),
  tool_types: commaList.optional(),
  exclude_tool_types: commaList.optional(),
  return_only_letta_tools: queryBoolean.default(false),
};

export const listTools = defineRoute({
  operationId: 'list_tools',
  method: 'get',
  path: '/v1/tools/',
  tag,
  summary: 'List tools',
  params: nothing,
  query: z.object({ ...toolFilters, ...paging({ limit: 50, order: 'desc' }), order_by: createdAtOrder }),
  body: nothing,
  response: z.array(tool),
});

export const countTools = defineRoute({
  operationId: 'count_tools',
  method: 'get',
  path: '/v1/tools/count',
  tag,
  summary: 'Count tools',
  params: nothing,
  query: z.object({ ...toolFilters, exclude_letta_tools: queryBoolean.default(false) }),
  body: nothing,
  response: z.number(),
});

export const addBaseTools = defineRoute({
  operationId: 'add_base_tools',
  method: 'post',
  path: '/v1/tools/add-base-tools',
  tag,
  summary: 'Bring the built-in tools to the state of this version',
  params: nothing,
  query: nothing,
  body: nothing,
  response: z.array(tool),
});

export const retrieveTool = defineRoute({
  operationId: 'retrieve_tool',
  method: 'get',
  path: '/v1/tools/{tool_id}',
  tag,
  summary: 'Retrieve a tool',
  params: z.object({ tool_id: pathId('tool') }),
  query: nothing,
  body: nothing,
  response: tool,
});

/** Of this server, beside V1. */
export const setToolUndo = defineRoute({
  operationId: 'set_tool_undo',
  method: 'put',
  path: '/v1/tools/{tool_id}/undo',
  tag,
  summary: 'Say how what a tool did is undone when a run is rolled back, or cancelled; null = not at all',
  params: z.object({ tool_id: pathId('tool') }),
  query: nothing,
  body: z.object({ undo: toolUndo.nullable() }),
  response: tool,
});

export const listToolsForAgent = defineRoute({
  operationId: 'list_tools_for_agent',
  method: 'get',
  path: '/v1/agents/{agent_id}/tools',
  tag,
  summary: "List an agent's tools",
  params: z.object({ agent_id: pathId('agent') }),
  query: z.object({ ...paging({ limit: 10, order: 'desc' }), order_by: createdAtOrder }),
  body: nothing,
  response: z.array(tool),
});

export const agentToolPaths = {
  attach: { path: '/v1/agents/{agent_id}/tools/attach/{tool_id}', tag },
  detach: { path: '/v1/agents/{agent_id}/tools/detach/{tool_id}', tag },
  params: z.object({ agent_id: pathId('agent'), tool_id: pathId('tool') }),
  approval: {
    path: '/v1/agents/{agent_id}/tools/approval/{tool_name}',
    tag,
    params: z.object({ agent_id: pathId('agent'), tool_name: z.string() }),
  },
} as const;
