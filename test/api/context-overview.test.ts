import assert from 'node:assert/strict';
import { openAiTokenizer } from '../../src/providers/llm/openai/openai-tokenizer.js';
import { countedByAnthropic } from '../support/mock-openai.js';
import { modelOf } from '../support/models.js';
import { useStack } from '../support/stack-client.js';

interface Overview {
  readonly [member: `num_tokens_${string}`]: number;
  readonly context_window_size_max: number;
  readonly context_window_size_current: number;
  readonly num_messages: number;
  readonly num_recall_memory: number;
  readonly num_archival_memory: number;
  readonly system_prompt: string;
  readonly core_memory: string;
  readonly external_memory_summary: string;
  readonly tool_usage_rules: string | null;
  readonly summary_memory: string | null;
  readonly functions_definitions: readonly { readonly function: { readonly name: string } }[];
  readonly messages: readonly { readonly role: string }[];
  readonly token_count_method: string;
}

describe('the context overview', () => {
  const client = useStack();
  const { stack } = client;
  beforeEach(() => {
    stack.mock.script = () => ({ text: 'Fine.' });
  });

  const get = (agentId: string, query = ''): Promise<Response> => fetch(`${stack.url}/v1/agents/${agentId}/context${query}`);
  const overviewOf = async (agentId: string, query = ''): Promise<Overview> => {
    const response = await get(agentId, query);
    const body: unknown = await response.json();
    assert.equal(response.status, 200, JSON.stringify(body));
    return body as Overview;
  };
  const sumOf = (overview: Overview): number =>
    Object.entries(overview).reduce((sum, [name, value]) => (name.startsWith('num_tokens_') ? sum + Number(value) : sum), 0);

  it('counts the parts of the request that would be sent by the own tokenizer of its model, and they are the whole', async () => {
    const agentId = await client.newAgent({
      model: 'openai/gpt-4.1',
      system: 'You are kind.',
      memory_blocks: [{ label: 'human', value: 'Likes tea.' }],
      tool_rules: [{ type: 'exit_loop', tool_name: 'memory_insert' }],
    });
    for (const input of ['One', 'Two', 'Three']) await client.send(agentId, { input });
    stack.mock.script = () => ({ text: 'They counted.' });
    const compacted = await fetch(`${stack.url}/v1/agents/${agentId}/summarize`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ compaction_settings: { mode: 'all' } }),
    });
    assert.equal(compacted.status, 200, await compacted.text());
    await client.send(agentId, { input: 'Four' });
    const overview = await overviewOf(agentId);

    assert.equal(overview.token_count_method, 'tokenizer');
    assert.equal(overview.context_window_size_current, sumOf(overview));
    const count = await openAiTokenizer('gpt-4.1');
    const sent = stack.mock.seen.at(-1)?.body as { messages: { content: string }[]; tools: { function: unknown }[] };
    const ofSystem = ['system', 'core_memory', 'tool_usage_rules', 'external_memory_summary'] as const;
    assert.equal(
      ofSystem.reduce((sum, part) => sum + (overview[`num_tokens_${part}`] ?? 0), 0),
      (count?.(sent.messages[0]?.content ?? '') ?? 0) + 4,
    );
    assert.equal(overview.system_prompt, 'You are kind.');
    assert.match(overview.core_memory, /^<memory_blocks>[\s\S]*Likes tea\.[\s\S]*<\/memory_blocks>$/);
    assert.match(overview.tool_usage_rules ?? '', /^<tool_usage_rules>[\s\S]*memory_insert[\s\S]*<\/tool_usage_rules>$/);
    assert.match(overview.external_memory_summary, /previous messages between you and the user/);
    assert.equal(overview.summary_memory, 'They counted.');
    assert.deepEqual(
      overview.functions_definitions.map(tool => tool.function),
      sent.tools.map(tool => tool.function),
    );
    assert.deepEqual(
      overview.messages.map(message => message.role),
      ['system', 'summary', 'user', 'assistant'],
    );
    assert.equal(overview.num_messages, 4);
    for (const part of [...ofSystem, 'summary_memory', 'functions_definitions', 'messages'] as const)
      assert.ok((overview[`num_tokens_${part}`] ?? 0) > 0, part);
  });

  it('takes the whole from a provider that counts, and estimates where nobody does', async () => {
    const [asked, guessed] = await Promise.all([client.newAgent({ model: modelOf.anthropic }), client.newAgent()]);
    const counted = await overviewOf(asked);
    assert.equal(counted.token_count_method, 'provider');
    assert.equal(counted.context_window_size_current, countedByAnthropic);
    assert.equal(sumOf(counted), countedByAnthropic);
    const estimate = await overviewOf(guessed);
    assert.equal(estimate.token_count_method, 'estimate');
    assert.equal(estimate.context_window_size_current, sumOf(estimate));
    stack.mock.script = () => ({ text: 'Fine.', usage: { input: 4321, output: 1 } });
    await client.send(guessed, { input: 'Hi' });
    const calibrated = (await overviewOf(guessed)).context_window_size_current;
    assert.ok(calibrated > 4321 && calibrated < 4500, `the provider has counted 4321 for all but the answer: ${calibrated}`);
  });

  it('shows the memory that the next run will have, and changes nothing', async () => {
    const agentId = await client.newAgent();
    await client.send(agentId, { input: 'Hi' });
    await client.letta.agents.blocks.update('human', { agent_id: agentId, value: 'Likes coffee.' });
    const rows = () =>
      stack.backend.database.query(
        `select to_jsonb(c) as conversation, (select jsonb_agg(m order by m.sequence_id) from messages m where m.agent_id = $1) as messages
           from conversations c where c.agent_id = $1`,
        [agentId],
      );
    const before = await rows();
    const overview = await overviewOf(agentId);
    assert.match(overview.core_memory, /Likes coffee/);
    assert.deepEqual(await rows(), before);
  });

  it('counts all messages of the agent, and shows those of the conversation', async () => {
    const agentId = await client.newAgent();
    const { id } = await client.letta.conversations.create({ agent_id: agentId });
    await client.send(agentId, { input: 'Hi' });
    const ofConversation = await overviewOf(agentId, `?conversation_id=${id}`);
    const ofAgent = await overviewOf(agentId, '?conversation_id=default');
    assert.equal(ofConversation.num_messages, 1);
    assert.ok(ofAgent.num_messages > 2);
    assert.equal(ofAgent.num_recall_memory, ofAgent.num_messages + 1);
    assert.equal(ofConversation.num_recall_memory, ofAgent.num_recall_memory);
  });

  it('answers 404 where there is no such agent, or no such conversation of it', async () => {
    const [agentId, other] = [await client.newAgent(), await client.newAgent()];
    const { id } = await client.letta.conversations.create({ agent_id: other });
    assert.equal((await get('agent-00000000-0000-4000-8000-000000000000')).status, 404);
    assert.equal((await get(agentId, `?conversation_id=${id}`)).status, 404);
    assert.equal((await get(agentId, '?conversation_id=nonsense')).status, 404);
  });
});
