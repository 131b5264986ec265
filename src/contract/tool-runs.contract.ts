import { z } from 'zod';
import { jsonObject, nothing, pathId } from './fields.js';
import { defineRoute } from './route.js';

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
