import { z } from 'zod';
import { nothing } from './fields.js';
import { defineRoute } from './route.js';

const textPart = z.object({ type: z.literal('text'), text: z.string() });
const imagePart = z.object({
  type: z.literal('image_url'),
  image_url: z.object({ url: z.string(), detail: z.enum(['auto', 'low', 'high']).nullish() }),
});
const userMessage = z.object({
  role: z.literal('user'),
  content: z.union([z.string(), z.array(z.discriminatedUnion('type', [textPart, imagePart]))]),
  name: z.string().nullish(),
});
/** The agent has its own history: whatever the client repeats of it is not read. */
const otherMessage = z.looseObject({ role: z.enum(['developer', 'system', 'assistant', 'tool', 'function']) });

const chatBody = z.object({
  /** An agent's id. */
  model: z.string(),
  messages: z.array(z.union([userMessage, otherMessage])),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  n: z.number().int().min(1).nullish(),
  user: z.string().nullish(),
  tools: z.array(z.unknown()).nullish(),
  functions: z.array(z.unknown()).nullish(),
  response_format: z.looseObject({ type: z.string() }).nullish(),
  /** Settings of the model are the agent's: as in V1, these are taken and change nothing. */
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  max_tokens: z.number().int().nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  stop: z.union([z.string(), z.array(z.string())]).nullish(),
});

export type ChatBody = z.output<typeof chatBody>;
export type ChatUserMessage = z.output<typeof userMessage>;

const usage = z.object({
  prompt_tokens: z.number(),
  completion_tokens: z.number(),
  total_tokens: z.number(),
  prompt_tokens_details: z.object({ cached_tokens: z.number() }).optional(),
  completion_tokens_details: z.object({ reasoning_tokens: z.number() }).optional(),
});

export const createChatCompletion = defineRoute({
  operationId: 'create_chat_completion',
  method: 'post',
  path: '/v1/chat/completions',
  tag: 'chat',
  summary: "Send the last user message to the agent that 'model' names, by OpenAI's API",
  params: nothing,
  query: nothing,
  body: chatBody,
  response: z.object({
    id: z.string(),
    object: z.literal('chat.completion'),
    created: z.number(),
    model: z.string(),
    choices: z.array(
      z.object({
        index: z.number(),
        message: z.object({ role: z.literal('assistant'), content: z.string(), refusal: z.null() }),
        finish_reason: z.enum(['stop', 'length']),
        logprobs: z.null(),
      }),
    ),
    usage,
    service_tier: z.null(),
    system_fingerprint: z.null(),
  }),
  streams: true,
});
