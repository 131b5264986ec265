import { Letta } from '@letta-ai/letta-client';

const client = new Letta({
  baseURL: process.env['PERDURA_URL'] ?? 'http://localhost:8283',
  apiKey: process.env['LETTA_SERVER_PASSWORD'] ?? 'none',
});

const agent = await client.agents.create({
  model: process.env['PERDURA_MODEL'] ?? 'perdura/demo',
  memory_blocks: [
    { label: 'human', value: '' },
    { label: 'persona', value: 'I am a friendly assistant.' },
  ],
});

await client.agents.messages.create(agent.id, { input: 'My name is Ada.' });

const stream = await client.agents.messages.stream(agent.id, {
  messages: [{ role: 'user', content: 'What is my name?' }],
  stream_tokens: true,
});
for await (const event of stream) {
  if (event.message_type === 'assistant_message' && typeof event.content === 'string') process.stdout.write(event.content);
}

const block = await client.agents.blocks.retrieve('human', { agent_id: agent.id });
console.log(`\n${agent.id} remembers: ${block.value.trim()}`);
