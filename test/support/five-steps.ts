import assert from 'node:assert/strict';
import pg from 'pg';
import type { Cluster } from './cluster.js';
import type { MockReply, MockRequest } from './mock-openai.js';
import { textOf } from './mock-openai.js';
import { findPairingErrors } from './pairing.js';

/** A run of five steps whose tools have effects that can be counted. */
export const fact = 'The launch code is heron-42.';
export const line = 'Prefers tea over coffee.';

export function fiveStepScript(request: MockRequest): MockReply {
  switch (stepOf(request)) {
    case 1:
      return { text: 'I file it.', toolCalls: [{ name: 'archival_memory_insert', args: { content: fact } }], pieceDelayMs: 5 };
    case 2:
      return { toolCalls: [{ name: 'memory_insert', args: { label: 'human', new_string: line } }] };
    case 3:
      return { toolCalls: [{ name: 'test_tool', args: { text: 'call out' } }] };
    case 4:
      return { toolCalls: [{ name: 'archival_memory_search', args: { query: 'launch code' } }] };
    default:
      return { text: 'All five steps are done.', pieceDelayMs: 10 };
  }
}

/** From 1: each earlier step of the run has left one tool message. */
function stepOf(request: MockRequest): number {
  const start = request.messages.findLastIndex(message => message.role === 'user');
  return request.messages.slice(start).filter(message => message.role === 'tool').length + 1;
}

export interface StartedRun {
  readonly agentId: string;
  readonly runId: string;
}

async function post(cluster: Cluster, path: string, body: unknown): Promise<Record<string, unknown>> {
  const response = await fetch(`${cluster.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as Record<string, unknown>;
  assert.equal(response.status, 200, JSON.stringify(answer));
  return answer;
}

export async function newAgent(cluster: Cluster): Promise<string> {
  const agent = await post(cluster, '/v1/agents/', {
    model: 'openai/mock-model',
    embedding: 'openai/text-embedding-3-small',
    memory_blocks: [{ label: 'human', value: '' }],
    tools: ['archival_memory_insert', 'archival_memory_search', 'test_tool'],
  });
  return String(agent['id']);
}

export async function startRun(cluster: Cluster, agent?: string): Promise<StartedRun> {
  const agentId = agent ?? (await newAgent(cluster));
  const run = await post(cluster, `/v1/agents/${agentId}/messages/async`, { input: 'Do all five steps.' });
  return { agentId, runId: String(run['id']) };
}

/** Polls through crashes of whatever is asked. */
export async function waitForEnd(cluster: Cluster, { runId }: StartedRun, timeoutMs = 90_000): Promise<Record<string, unknown>> {
  const deadline = Date.now() + timeoutMs;
  let last: unknown = null;
  while (Date.now() < deadline) {
    try {
      const response = await fetch(`${cluster.url}/v1/runs/${runId}`, { signal: AbortSignal.timeout(3000) });
      const run = (await response.json()) as Record<string, unknown>;
      last = run;
      if (['completed', 'failed', 'cancelled'].includes(String(run['status']))) return run;
    } catch (error) {
      last = error;
    }
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  throw new Error(`The run did not end: ${JSON.stringify(last)} ${String(last)}`);
}

interface Facts {
  readonly passages: number;
  readonly block: string;
  readonly calls: readonly { id: string; status: string; result: { status: string } | null }[];
  readonly messages: readonly Parameters<typeof findPairingErrors>[0][number][];
  readonly responses: readonly { number: number; created_at: Date }[];
  readonly events: readonly { seq: string; kind: string; message_id: string | null; text: string | null }[];
}

async function readFacts(cluster: Cluster, { agentId, runId }: StartedRun): Promise<Facts> {
  const client = new pg.Client({ connectionString: await cluster.databaseUrl() });
  await client.connect();
  try {
    const rows = async <Row>(sql: string, ...parameters: string[]): Promise<Row[]> => (await client.query(sql, parameters)).rows as Row[];
    const [passages] = await rows<{ n: number }>(
      'select count(*)::int as n from passages p join archives_agents a on a.archive_id = p.archive_id where a.agent_id = $1 and p.text = $2',
      agentId,
      fact,
    );
    const [block] = await rows<{ value: string }>(
      "select b.value from blocks b join blocks_agents a on a.block_id = b.id where a.agent_id = $1 and b.label = 'human'",
      agentId,
    );
    return {
      passages: passages?.n ?? 0,
      block: block?.value ?? '',
      calls: await rows('select id, status, result from tool_calls where run_id = $1 order by id', runId),
      messages: await rows(
        `select m.id, m.role, m.content, m.tool_calls, m.tool_returns from conversation_messages cm
           join conversations c on c.id = cm.conversation_id join messages m on m.id = cm.message_id where c.agent_id = $1 order by cm.position`,
        agentId,
      ),
      responses: await rows(
        'select s.number, r.created_at from model_responses r join steps s on s.id = r.step_id where s.run_id = $1 order by 1',
        runId,
      ),
      events: await rows(
        "select seq, kind, message_id, payload -> 'delta' ->> 'text' as text from run_events where run_id = $1 order by seq",
        runId,
      ),
    };
  } finally {
    await client.end();
  }
}

/** That nothing was lost, done twice or told wrongly, whatever has happened to the processes. */
export async function assertNothingLostOrDoubled(cluster: Cluster, run: StartedRun): Promise<void> {
  const facts = await readFacts(cluster, run);
  assert.equal(facts.passages, 1, 'the passage is there once');
  assert.equal(facts.block.split(line).length - 1, 1, 'the block was edited once');
  const effects = cluster.effects.filter(effect => effect.key.includes(run.runId));
  assert.ok(effects.length <= 1, 'the tool called out at most once');
  const callOut = facts.calls.find(call => call.id.endsWith('/step/3/tool/0'));
  if (callOut?.status === 'finished') assert.equal(callOut.result?.status, 'success', 'a call that finished is not forgotten');
  else assert.match(JSON.stringify(facts.messages), /cut off before it ended/, 'the model was told of the call that was cut off');
  assert.deepEqual(findPairingErrors(facts.messages), []);
  assertResponsesAskedOnce(cluster, facts, run);
  assertEventsInOrder(facts);
}

function assertResponsesAskedOnce(cluster: Cluster, facts: Facts, { agentId }: StartedRun): void {
  assert.equal(facts.responses.length, 5, 'five responses are stored');
  for (const { number, created_at: storedAt } of facts.responses) {
    const later = cluster.mock.seen.filter(
      ({ at, request }) => textOf(request.messages[0]).includes(agentId) && stepOf(request) === number && at > storedAt.getTime() + 5,
    );
    assert.equal(later.length, 0, `the stored response of step ${number} was not asked for again`);
  }
}

function assertEventsInOrder({ events, messages }: Facts): void {
  const voided = new Set<string>();
  const joined = new Map<string, string>();
  let last = 0;
  for (const event of events) {
    assert.ok(Number(event.seq) > last, 'seq rises');
    last = Number(event.seq);
    if (event.kind === 'attempt_voided' && event.message_id !== null) voided.add(event.message_id);
    else if (event.message_id !== null) assert.ok(!voided.has(event.message_id), 'nothing of a voided attempt comes after attempt_voided');
    if (event.kind === 'delta' && event.message_id !== null && event.text !== null) {
      joined.set(event.message_id, (joined.get(event.message_id) ?? '') + event.text);
    }
  }
  assert.equal(events.filter(event => event.kind === 'end').length, 1, 'the run ends once');
  assert.equal(events.at(-1)?.kind, 'end');
  for (const message of messages.filter(candidate => candidate.role === 'assistant')) {
    const text = message.content.flatMap(part => (part.type === 'text' ? [part.text ?? ''] : [])).join('');
    if (text !== '') assert.equal(joined.get(message.id), text, 'the deltas make up the stored text');
    assert.ok(!voided.has(message.id), 'no voided attempt is in the history');
  }
}
