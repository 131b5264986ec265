import { z } from 'zod';
import { jsonObject, nothing, pathId } from './fields.js';
import { usage } from './messages.contract.js';
import { defineRoute } from './route.js';

export const generateBody = z.object({
  prompt: z.string().min(1),
  system_prompt: z.string().nullish(),
  override_model: z.string().nullish(),
  response_schema: jsonObject.nullish(),
});

export type GenerateBody = z.output<typeof generateBody>;

export const generateCompletion = defineRoute({
  operationId: 'generate_completion',
  method: 'post',
  path: '/v1/agents/{agent_id}/generate',
  tag: 'agents',
  summary: "Ask an agent's model for a text, or for an object of a schema, beside all conversations",
  params: z.object({ agent_id: pathId('agent') }),
  query: nothing,
  body: generateBody,
  response: z.object({ content: z.string(), model: z.string(), usage }),
});
