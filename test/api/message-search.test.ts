import assert from 'node:assert/strict';
import type { Letta } from '@letta-ai/letta-client';
import { agentClient } from '../support/agent-client.js';
import type { AgentClient } from '../support/agent-client.js';
import { sharedStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

interface StoredResult {
  readonly embedded_text: string;
  readonly message: { readonly id: string; readonly role: string; readonly agent_id: string; readonly conversation_id: string | null };
  readonly fts_rank: number | null;
  readonly vector_rank: number | null;
  readonly rrf_score: number;
}

describe('the search of messages by the official SDK', () => {
  let stack: Stack;
  let client: AgentClient;
  let letta: Letta;
  let agentId: string;
  let otherId: string;
  let conversationId: string;

  const say = async (agent: string, input: string, answer: string): Promise<void> => {
    stack.mock.script = () => ({ text: answer });
    await letta.agents.messages.create(agent, { input });
  };
  const stored = (body: object): Promise<StoredResult[]> => letta.post('/v1/agents/messages/search', { body });
  const untilEmbedded = async (): Promise<void> => {
    for (let waiting = 1; waiting > 0;) {
      const [row] = await stack.backend.database.query<{ n: number }>(
        'select count(*)::int as n from unembedded_messages where agent_id = $1',
        [agentId],
      );
      waiting = row?.n ?? 0;
      if (waiting > 0) await new Promise(resolve => setTimeout(resolve, 100));
    }
  };

  before(async () => {
    stack = await sharedStack();
    client = agentClient(stack.url);
    ({ letta } = client);
    agentId = await client.newAgent({ embedding: 'perdura/minilm' });
    otherId = await client.newAgent();
    await say(agentId, 'My daughter cannot eat peanuts.', 'I will remember that about her.');
    await say(agentId, 'We bought a red bicycle for the summer.', 'Enjoy the rides!');
    await say(agentId, 'Who are you?', 'A friend.');
    await say(otherId, 'The bicycle of the other agent is blue.', 'Noted.');
    conversationId = (await letta.conversations.create({ agent_id: agentId })).id;
    stack.mock.script = () => ({ text: 'What a pity.' });
    await letta.conversations.messages.create(conversationId, { input: 'The bicycle was stolen on Tuesday.', streaming: false });
    await untilEmbedded();
  });

  it('finds what was said by its words and by its meaning, with the ranks of both', async () => {
    const [first] = await stored({ query: 'bicycle', agent_id: agentId });
    assert.match(first?.embedded_text ?? '', /bicycle/);
    assert.ok(first?.fts_rank != null && first.vector_rank != null && first.rrf_score > 0);
    const [meant] = await stored({ query: 'food allergies of the kids', agent_id: agentId });
    assert.equal(meant?.embedded_text, 'My daughter cannot eat peanuts.');
    assert.equal(meant?.fts_rank, null);
    assert.equal(meant?.vector_rank, 1);
    assert.deepEqual([meant?.message.role, meant?.message.agent_id, meant?.message.conversation_id], ['user', agentId, null]);
  });

  it('gives the answer of a question too, which has no word of it', async () => {
    const found = await stored({ query: 'peanuts', agent_id: agentId, search_mode: 'hybrid', limit: 5 });
    const answer = found.find(row => row.embedded_text === 'I will remember that about her.');
    assert.ok(answer !== undefined && answer.fts_rank === null);
  });

  it('searches by one way alone when told to', async () => {
    const words = await stored({ query: 'red bicycle', agent_id: agentId, search_mode: 'fts' });
    assert.deepEqual(
      words.map(row => [row.embedded_text, row.fts_rank, row.vector_rank]),
      [
        ['We bought a red bicycle for the summer.', 1, null],
        ['The bicycle was stolen on Tuesday.', 2, null],
      ],
    );
    const vectors = await stored({ query: 'red bicycle', agent_id: agentId, search_mode: 'vector', limit: 3 });
    assert.deepEqual(
      vectors.map(row => [row.fts_rank, row.vector_rank]),
      [
        [null, 1],
        [null, 2],
        [null, 3],
      ],
    );
  });

  it('narrows by role, conversation, time and agent', async () => {
    const texts = async (body: object) => (await stored({ query: 'bicycle', search_mode: 'fts', ...body })).map(row => row.embedded_text);
    assert.deepEqual(await texts({ agent_id: agentId, conversation_id: conversationId }), ['The bicycle was stolen on Tuesday.']);
    assert.deepEqual(await texts({ agent_id: agentId, conversation_id: 'default' }), ['We bought a red bicycle for the summer.']);
    assert.deepEqual(await texts({ agent_id: agentId, roles: ['assistant'] }), []);
    assert.deepEqual(await texts({ agent_id: agentId, end_date: '2020-01-01' }), []);
    assert.equal((await texts({ agent_id: agentId, start_date: '2020-01-01' })).length, 2);
    assert.ok((await texts({})).includes('The bicycle of the other agent is blue.'));
    assert.deepEqual(await texts({ agent_id: otherId }), ['The bicycle of the other agent is blue.']);
    await stack.backend.database.query("update agents set project_id = 'project-blue' where id = $1", [otherId]);
    assert.deepEqual(await texts({ project_id: 'project-blue' }), ['The bicycle of the other agent is blue.']);
    assert.deepEqual(await texts({ project_id: 'project-blue', agent_id: agentId }), []);
    assert.deepEqual(await texts({ template_id: 'none' }), []);
  });

  it('finds a query of words that every text has, and lists by time without one', async () => {
    assert.deepEqual(
      (await stored({ query: 'who are you', agent_id: agentId, search_mode: 'fts' })).map(row => row.embedded_text),
      ['Who are you?'],
    );
    const newest = await stored({ agent_id: agentId, limit: 2 });
    assert.deepEqual(
      newest.map(row => row.embedded_text),
      ['What a pity.', 'The bicycle was stolen on Tuesday.'],
    );
  });

  it('refuses what is wrong with a search', async () => {
    await assert.rejects(stored({ query: 'x', limit: 101 }), { status: 422 });
    await assert.rejects(stored({ query: 'x', search_mode: 'magic' }), { status: 422 });
    await assert.rejects(stored({ query: 'x', start_date: 'yesterday' }), { status: 400 });
    await assert.rejects(stored({ query: 'x', agent_id: 'agent-00000000-0000-4000-8000-000000000000' }), { status: 404 });
  });

  it('searches and lists the messages of all agents', async () => {
    const found = await letta.messages.search({ query: 'blue bicycle', search_mode: 'fts', limit: 3 });
    const [first] = found;
    assert.equal(first?.message_type, 'user_message');
    assert.equal(first?.agent_id, otherId);
    assert.match(JSON.stringify(first), /other agent is blue/);
    const listed = await letta.messages.list({ limit: 4, order: 'desc' });
    assert.ok(listed.some(message => JSON.stringify(message).includes('stolen on Tuesday')));
    const types = await letta.messages.list({ limit: 10, include_return_message_types: ['assistant_message'] } as object);
    assert.deepEqual([...new Set(types.map(message => message.message_type))], ['assistant_message']);
    const ofConversation = await letta.messages.list({ conversation_id: conversationId, order: 'asc' });
    assert.ok(ofConversation.every(message => !JSON.stringify(message).includes('peanuts')));
  });

  it('answers the tool with fields as V1 has them, and leaves out its own calls', async () => {
    const call = { name: 'conversation_search', args: { query: 'bicycle', limit: 3, start_date: '2020-01-01' } };
    stack.mock.script = request =>
      request.messages.at(-1)?.role === 'tool' ? { text: 'done' } : { text: 'Searching for the bicycle', toolCalls: [call] };
    for (let turn = 0; turn < 2; turn++) await letta.agents.messages.create(agentId, { input: 'Look it up.' });
    const messages = (await letta.agents.messages.list(agentId, { order: 'desc', limit: 6 })).items;
    const last = messages.findLast(message => message.message_type === 'tool_return_message');
    const answer = JSON.parse(last?.message_type === 'tool_return_message' ? String(last.tool_return) : '{}') as {
      readonly message: string;
      readonly results: readonly Record<string, unknown>[];
    };
    assert.equal(answer.message, 'Showing 3 results:');
    const [first] = answer.results;
    assert.deepEqual(Object.keys(first ?? {}), ['timestamp', 'time_ago', 'role', 'relevance', 'content']);
    assert.deepEqual(Object.keys(first?.['relevance'] ?? {}), ['rrf_score', 'vector_rank', 'fts_rank', 'search_mode']);
    assert.ok(answer.results.every(result => !String(result['content']).includes('Searching for')));
  });

  it('makes the vectors anew with the model that an agent changes to', async () => {
    const keys = async () =>
      (
        await stack.backend.database.query<{ key: string }>(
          'select distinct embedding_key as key from message_embeddings where agent_id = $1',
          [agentId],
        )
      ).map(row => row.key);
    assert.deepEqual(await keys(), ['perdura/all-MiniLM-L6-v2/384']);
    const { embedding_config: config } = await letta.agents.retrieve(agentId);
    await letta.agents.update(agentId, {
      embedding_config: { ...config, embedding_endpoint_type: 'hugging-face', handle: 'gone/model', embedding_model: 'gone' },
    } as object);
    assert.deepEqual(await keys(), ['perdura/all-MiniLM-L6-v2/384'], 'until others take their places');
    const response = await fetch(`${stack.url}/v1/agents/messages/search`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: 'bicycle', agent_id: agentId }),
    });
    assert.equal(response.headers.get('x-perdura-search-degraded'), 'true');
    assert.ok(((await response.json()) as StoredResult[]).length > 0);
    await letta.agents.update(agentId, { embedding: 'openai/text-embedding-3-small' });
    while ((await keys()).join() !== 'openai/text-embedding-3-small/1536') await new Promise(resolve => setTimeout(resolve, 100));
    assert.equal((await stored({ query: 'bicycle', agent_id: agentId, search_mode: 'vector', limit: 1 })).length, 1);
  });
});
