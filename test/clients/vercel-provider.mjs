// Run in a folder that has the packages: an application of the Vercel AI SDK as its users write it.
import { createLetta } from '@letta-ai/vercel-ai-sdk-provider';
import { generateText, streamText } from 'ai';

const [agentId, baseUrl] = process.argv.slice(2);
const letta = createLetta({ baseUrl, token: 'none' });
const request = (prompt, more = {}) => ({
  model: letta(),
  providerOptions: { letta: { agent: { id: agentId, ...more } } },
  prompt,
  maxRetries: 0,
});

const generated = await generateText(request('Say it at once.'));
const streamed = streamText({
  ...request('Say it bit by bit.', { streamTokens: true }),
  onError: ({ error }) => {
    throw error;
  },
});
const pieces = [];
const kinds = [];
for await (const part of streamed.fullStream) {
  kinds.push(part.type);
  if (part.type === 'text-delta') pieces.push(part.text);
}
process.stdout.write(
  JSON.stringify({
    generated: { text: generated.text, finishReason: generated.finishReason },
    streamed: { pieces, kinds, finishReason: await streamed.finishReason },
  }),
);
