import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { commonStatements } from '../support/count-statements.js';
import { useStack } from '../support/stack-client.js';

/** What there is `n` of: agents, and of one agent blocks, tags, passages, conversations, runs and messages; steps and messages of one run. */
interface World {
  readonly name: string;
  readonly agentId: string;
  readonly conversationId: string;
  readonly blockId: string;
  readonly runId: string;
  readonly stepId: string;
}

/** Lists and what is loaded with parts, with the most statements that they may take. */
const reads: readonly { readonly most: number; readonly path: (world: World) => string }[] = [
  { most: 1, path: ({ name }) => `/v1/agents/?tags=${name}` },
  { most: 1, path: ({ name }) => `/v1/agents/?query_text=${name}&include=agent.tools&include=agent.blocks` },
  { most: 1, path: () => '/v1/agents/count' },
  { most: 1, path: ({ agentId }) => `/v1/agents/${agentId}` },
  { most: 2, path: ({ agentId }) => `/v1/agents/${agentId}/messages?limit=100` },
  { most: 2, path: ({ agentId }) => `/v1/agents/${agentId}/messages?limit=100&conversation_id=default` },
  { most: 3, path: ({ agentId }) => `/v1/agents/${agentId}/context` },
  { most: 2, path: ({ agentId }) => `/v1/agents/${agentId}/core-memory/blocks` },
  { most: 2, path: ({ agentId }) => `/v1/agents/${agentId}/tools` },
  { most: 3, path: ({ agentId }) => `/v1/agents/${agentId}/archival-memory` },
  { most: 13, path: ({ agentId }) => `/v1/agents/${agentId}/archival-memory/search?query=fact` },
  { most: 2, path: ({ agentId }) => `/v1/agents/${agentId}/queue` },
  { most: 1, path: ({ name }) => `/v1/blocks/?label=${name}` },
  { most: 2, path: ({ blockId }) => `/v1/blocks/${blockId}/agents` },
  { most: 2, path: ({ agentId }) => `/v1/conversations/?agent_id=${agentId}` },
  { most: 2, path: ({ conversationId }) => `/v1/conversations/${conversationId}/messages` },
  { most: 2, path: ({ agentId }) => `/v1/conversations/default/messages?agent_id=${agentId}` },
  { most: 1, path: ({ agentId }) => `/v1/runs/?agent_id=${agentId}` },
  { most: 1, path: ({ agentId }) => `/v1/runs/active?agent_id=${agentId}` },
  { most: 1, path: ({ agentId }) => `/v1/_internal_runs/?agent_id=${agentId}` },
  { most: 2, path: ({ runId }) => `/v1/runs/${runId}/messages` },
  { most: 2, path: ({ runId }) => `/v1/runs/${runId}/steps` },
  { most: 2, path: ({ runId }) => `/v1/runs/${runId}/trace` },
  { most: 2, path: ({ runId }) => `/v1/runs/${runId}/usage` },
  { most: 1, path: ({ agentId }) => `/v1/steps/?agent_id=${agentId}` },
  { most: 3, path: ({ stepId }) => `/v1/steps/${stepId}/messages` },
  { most: 1, path: () => '/v1/jobs/' },
  { most: 1, path: () => '/v1/tools/' },
  { most: 1, path: ({ agentId }) => `/v1/approvals?agent_id=${agentId}` },
  { most: 0, path: () => '/v1/models/' },
];

/** Ways to send a message, with the most statements from the request to the end of the run, the run's log aside. */
const sends: readonly {
  readonly most: number;
  readonly path: (world: World) => string;
  readonly body: Readonly<Record<string, unknown>>;
}[] = [
  { most: 8, path: ({ agentId }) => `/v1/agents/${agentId}/messages`, body: {} },
  { most: 9, path: ({ conversationId }) => `/v1/conversations/${conversationId}/messages`, body: { streaming: false } },
  { most: 8, path: ({ agentId }) => `/v1/agents/${agentId}/messages/stream`, body: { stream_tokens: true } },
  { most: 9, path: ({ conversationId }) => `/v1/conversations/${conversationId}/messages`, body: { streaming: true } },
];

const placeholders: World = {
  name: 'name',
  agentId: ':agent',
  conversationId: ':conversation',
  blockId: ':block',
  runId: ':run',
  stepId: ':step',
};

describe('the statements of an operation', () => {
  const client = useStack();
  const { stack } = client;
  let one: World;
  let twenty: World;

  before(async () => {
    one = await createWorld(1);
    twenty = await createWorld(20);
    // Its statements would be counted as well.
    await reconcile().pause();
  });
  after(() => reconcile().unpause());

  const reconcile = () => stack.backend.temporal.client.schedule.getHandle('perdura-reconcile');

  async function createWorld(n: number): Promise<World> {
    const name = `world-${randomUUID()}`;
    const { letta, newAgent } = client;
    const shared = await letta.blocks.create({ label: 'shared', value: 'v' });
    const settings = { tags: [name], embedding: 'perdura/minilm', memory_blocks: [{ label: 'human', value: 'x' }] };
    const all = <Result>(work: (index: number) => Promise<Result>) => Promise.all(Array.from({ length: n }, (_, index) => work(index)));
    const [agentId = ''] = await all(index => newAgent({ ...settings, name: `${name} ${index}`, block_ids: [shared.id] }));
    const [block] = await all(() => letta.blocks.create({ label: name, value: 'v' }));
    await letta.agents.blocks.attach(block?.id ?? '', { agent_id: agentId });
    await all(index => letta.agents.passages.create(agentId, { text: `fact ${index}` }));
    const [conversation] = await all(() => letta.conversations.create({ agent_id: agentId }));
    const conversationId = conversation?.id ?? '';
    stack.mock.script = () => ({ text: 'ok' });
    await letta.agents.messages.create(agentId, { input: 'hi' });
    await post(`/v1/conversations/${conversationId}/messages`, { input: 'hi', streaming: false });
    await toolSteps(agentId, 1);
    const runId = await firstId(`/v1/runs/?agent_id=${agentId}&limit=1`);
    const stepId = await firstId(`/v1/runs/${runId}/steps`);
    await multiply(agentId, n);
    return { name, agentId, conversationId, blockId: shared.id, runId, stepId };
  }

  /** As many runs, steps and messages of an agent, instead of each that there is. */
  async function multiply(agentId: string, n: number): Promise<void> {
    const copy = (table: string, own: string) =>
      stack.backend.database.query(
        `insert into ${table} select (jsonb_populate_record(null::${table}, to_jsonb(x) || jsonb_build_object('id', split_part(x.id, '-', 1) || '-' || gen_random_uuid(), ${own}))).*
           from ${table} x, generate_series(1, $2::int - 1) as k where x.agent_id = $1`,
        [agentId, n],
      );
    await copy('runs', "'accept_no', 1000 * k + x.accept_no, 'queue_order', 1000 * k + x.accept_no");
    await copy('steps', "'number', 1000 * k + x.number");
    await copy('messages', "'sequence_id', nextval('messages_sequence_id')");
    await stack.backend.database.query(
      'update conversations c set last_accept_no = (select max(r.accept_no) from runs r where r.conversation_id = c.id) where agent_id = $1 and last_accept_no > 0',
      [agentId],
    );
  }

  async function firstId(path: string): Promise<string> {
    const rows = (await (await fetch(`${stack.url}${path}`)).json()) as readonly { readonly id: string }[];
    return rows[0]?.id ?? assert.fail(`nothing at ${path}`);
  }

  async function post(path: string, body: Readonly<Record<string, unknown>>): Promise<void> {
    const response = await fetch(`${stack.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    assert.equal(response.status, 200, text);
  }

  /** A message that is answered after so many steps with a tool call each. */
  async function toolSteps(agentId: string, n: number): Promise<void> {
    stack.mock.script = ({ messages }) => {
      const start = messages.findLastIndex(message => message.role === 'user');
      const done = messages.slice(start).filter(message => message.role === 'tool').length;
      if (done >= n) return { text: 'done' };
      return { toolCalls: [{ name: 'memory_replace', args: { label: 'human', old_string: 'x', new_string: 'x' } }] };
    };
    await client.letta.agents.messages.create(agentId, { input: 'go' });
    stack.mock.script = () => ({ text: 'ok' });
  }

  for (const { most, path } of reads) {
    it(`are at most ${most}, for one item and for twenty: GET ${path(placeholders)}`, async () => {
      const read = async (world: World) => {
        const response = await fetch(`${stack.url}${path(world)}`);
        assert.equal(response.status, 200, await response.clone().text());
        await response.text();
      };
      const few = await commonStatements(() => read(one));
      const many = await commonStatements(() => read(twenty));
      assertBounded(few, many, most);
    });
  }

  for (const { most, path, body } of sends) {
    it(`are at most ${most}, for one message and for twenty: POST ${path(placeholders)} ${JSON.stringify(body)}`, async () => {
      const send = (world: World, count: number) => {
        const messages = Array.from({ length: count }, () => ({ role: 'user', content: 'hi' }));
        return post(path(world), { ...body, messages });
      };
      const few = await commonStatements(() => send(one, 1));
      const many = await commonStatements(() => send(twenty, 20));
      assertBounded(few, many, most);
    });
  }

  it('are at most 8 more with each tool step of a message', async () => {
    const { agentId } = one;
    // Each of the messages finds that the one before has changed the memory.
    await toolSteps(agentId, 1);
    const short = countsOf(await commonStatements(() => toolSteps(agentId, 1)));
    const long = countsOf(await commonStatements(() => toolSteps(agentId, 5)));
    // What comes with each step comes four times more often.
    const more = [...long]
      .map(([statement, count]) => ({ statement, more: count - (short.get(statement) ?? 0) }))
      .filter(({ more }) => more >= 4);
    const sum = more.reduce((all, { more }) => all + more, 0);
    assert.ok(more.length > 4 && sum <= 4 * 8, JSON.stringify(more, null, 1));
  });

  it('are as many for twenty runs that are cancelled as for one', async () => {
    const cancelled = async (count: number): Promise<readonly string[]> => {
      const agentId = await client.newAgent();
      assert.equal((await fetch(`${stack.url}/v1/agents/${agentId}/pause`, { method: 'POST' })).status, 200);
      const send = () => client.letta.agents.messages.createAsync(agentId, { input: 'hi' });
      const sent: (readonly string[])[] = [];
      for (let n = 0; n < 3; n += 1) sent.push((await Promise.all(Array.from({ length: count }, send))).map(({ id }) => id));
      return commonStatements(() => client.letta.agents.messages.cancel(agentId, { run_ids: [...(sent.shift() ?? [])] }));
    };
    assertBounded(await cancelled(1), await cancelled(20), 8);
  });
});

/** No statement comes more often with more items. One that comes once, and in one of the two only, is the server's own. */
function assertBounded(few: readonly string[], many: readonly string[], most: number): void {
  const counts = countsOf(few);
  const repeated = [...countsOf(many)].filter(([statement, count]) => count > Math.max(1, counts.get(statement) ?? 0));
  assert.deepEqual(repeated, []);
  const [fewer] = [few, many].toSorted((a, b) => a.length - b.length);
  assert.ok(fewer !== undefined && fewer.length <= most, fewer?.join('\n'));
}

function countsOf(statements: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const statement of statements) counts.set(statement, (counts.get(statement) ?? 0) + 1);
  return counts;
}
