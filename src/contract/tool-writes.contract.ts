import { z } from 'zod';
import { packageNames } from '../domain/sandbox/package-names.js';
import { jsonObject, nothing, pathId } from './fields.js';
import { defineRoute } from './route.js';
import { tool } from './tools.contract.js';

const requirements = ({ name, version }: (typeof packageNames)['pip' | 'npm']) =>
  z
    .array(
      z.object({
        name: z.string().regex(name, 'This is no name of a package'),
        version: z.string().regex(version, 'This is no version of a package').nullish(),
      }),
    )
    .nullish();
export const pipRequirements = requirements(packageNames.pip);
export const npmRequirements = requirements(packageNames.npm);

/** Ten days: as long as nothing else says when a call ends. */
const longestTimeoutMs = 864_000_000;

const traits = {
  description: z.string().nullish(),
  tags: z.array(z.string()).nullish(),
  json_schema: jsonObject.nullish(),
  args_json_schema: jsonObject.nullish(),
  pip_requirements: pipRequirements,
  npm_requirements: npmRequirements,
  default_requires_approval: z.boolean().nullish(),
  enable_parallel_execution: z.boolean().nullish(),
  /** Of this server, beside V1. */
  retry_class: z.enum(['never', 'on_interrupt', 'always']).nullish(),
  /** Null = as the setting has it. */
  timeout_ms: z.number().int().min(1).max(longestTimeoutMs).nullish(),
  /** Less than PERDURA_TOOL_NETWORK allows; null = what it allows. */
  network: z.enum(['none', 'public', 'host']).nullish(),
};

const returnCharLimit = z.number().int().min(1).max(1_000_000);

export const createToolBody = z.object({
  ...traits,
  source_code: z.string(),
  source_type: z.string().default('python'),
  return_char_limit: returnCharLimit.default(50_000),
});

export const updateToolBody = z.object({
  ...traits,
  source_code: z.string().nullish(),
  source_type: z.string().nullish(),
  return_char_limit: returnCharLimit.nullish(),
  metadata_: jsonObject.nullish(),
});

export type CreateToolBody = z.output<typeof createToolBody>;
export type UpdateToolBody = z.output<typeof updateToolBody>;

const tag = 'tools';
const byTool = z.object({ tool_id: pathId('tool') });

export const createTool = defineRoute({
  operationId: 'create_tool',
  method: 'post',
  path: '/v1/tools/',
  tag,
  summary: 'Create a tool of a source, or put it in the place of the one of its name',
  params: nothing,
  query: nothing,
  body: createToolBody,
  response: tool,
});

export const upsertTool = defineRoute({
  ...createTool,
  operationId: 'upsert_tool',
  method: 'put',
});

export const modifyTool = defineRoute({
  operationId: 'modify_tool',
  method: 'patch',
  path: '/v1/tools/{tool_id}',
  tag,
  summary: 'Change a tool',
  params: byTool,
  query: nothing,
  body: updateToolBody,
  response: tool,
});

export const deleteTool = defineRoute({
  operationId: 'delete_tool',
  method: 'delete',
  path: '/v1/tools/{tool_id}',
  tag,
  summary: 'Delete a tool; agents have it no longer',
  params: byTool,
  query: nothing,
  body: nothing,
  response: z.null(),
});

export const generateJsonSchema = defineRoute({
  operationId: 'generate_json_schema',
  method: 'post',
  path: '/v1/tools/generate-schema',
  tag,
  summary: 'Read from a source what its tool is called and takes; nothing of it is run',
  params: nothing,
  query: nothing,
  body: z.object({ code: z.string(), source_type: z.string().nullish() }),
  response: jsonObject,
});
