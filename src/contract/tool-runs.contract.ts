import { z } from 'zod';
import { jsonObject, nothing, pathId } from './fields.js';
import { defineRoute } from './route.js';
import { npmRequirements, pipRequirements } from './tool-writes.contract.js';

/** What came of a tool outside of any run. Whatever the tool itself does wrong is status 200 with `error`. */
export const toolExecutionResult = z.object({
  status: z.enum(['success', 'error']),
  func_return: z.unknown(),
  agent_state: z.null(),
  stdout: z.array(z.string()).nullable(),
  stderr: z.array(z.string()).nullable(),
  sandbox_config_fingerprint: z.string().nullable(),
});

export const runToolForAgent = defineRoute({
  operationId: 'run_tool_for_agent',
  method: 'post',
  path: '/v1/agents/{agent_id}/tools/{tool_name}/run',
  tag: 'tools',
  summary: 'Run a tool that is attached to an agent, outside of any run',
  params: z.object({ agent_id: pathId('agent'), tool_name: z.string() }),
  query: nothing,
  body: z.object({ args: jsonObject.default({}) }),
  optionalBody: true,
  response: toolExecutionResult,
});

const runToolBody = z.object({
  source_code: z.string(),
  args: jsonObject,
  env_vars: z.record(z.string(), z.string()).nullish(),
  name: z.string().nullish(),
  source_type: z.string().nullish(),
  args_json_schema: jsonObject.nullish(),
  json_schema: jsonObject.nullish(),
  pip_requirements: pipRequirements,
  npm_requirements: npmRequirements,
});

export type RunToolBody = z.output<typeof runToolBody>;

const lines = z.array(z.string()).nullable();

/** A tool_return_message of no agent. */
const toolReturnMessage = z.object({
  id: z.string(),
  date: z.string(),
  name: z.string().nullable(),
  message_type: z.literal('tool_return_message'),
  otid: z.null(),
  sender_id: z.null(),
  step_id: z.null(),
  is_err: z.null(),
  seq_id: z.null(),
  run_id: z.null(),
  tool_return: z.string(),
  status: z.enum(['success', 'error']),
  tool_call_id: z.string(),
  stdout: lines,
  stderr: lines,
  tool_returns: z.array(jsonObject),
});

export const runToolFromSource = defineRoute({
  operationId: 'run_tool_from_source',
  method: 'post',
  path: '/v1/tools/run',
  tag: 'tools',
  summary: 'Run a source in the sandbox, without making a tool of it',
  params: nothing,
  query: nothing,
  body: runToolBody,
  response: toolReturnMessage,
});
