import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Letta } from '@letta-ai/letta-client';
import { defaultOrganizationId } from '../../src/domain/ids.js';
import type { RetentionKind, RetentionPolicy, RetentionTerm } from '../../src/domain/retention/retention-policy.js';
import { taskQueue } from '../../src/temporal/task-queues.js';
import { sharedStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

describe('retention', () => {
  let stack: Stack;
  let client: Letta;

  before(async () => {
    stack = await sharedStack();
    client = new Letta({ baseURL: stack.url, apiKey: 'none', maxRetries: 0 });
  });

  const newAgent = async (policy: RetentionPolicy): Promise<string> => {
    const { id } = await client.agents.create({ model: 'openai/mock-model' });
    await stack.backend.retention.setOfAgent(defaultOrganizationId, id, policy);
    return id;
  };
  const query = <Row>(sql: string, ...parameters: readonly unknown[]) => stack.backend.database.query<Row>(sql, parameters);
  const age = (table: string, where: string, ...parameters: readonly unknown[]) =>
    query(`update ${table} set created_at = created_at - interval '40 days' where ${where}`, ...parameters);
  const countOf = async (table: string, where: string, ...parameters: readonly unknown[]): Promise<number> =>
    (await query<{ n: number }>(`select count(*)::int as n from ${table} where ${where}`, ...parameters))[0]?.n ?? -1;
  /** Batch by batch, as the workflow does; the number of batches that deleted something. */
  const deleteAll = async (kind: RetentionKind, limit = 100, standard: RetentionTerm | null = null): Promise<number> => {
    let batches = 0;
    for (let after: string | null = ''; after !== null;) {
      const { deleted, next } = await stack.backend.retention.deleteExpired({ kind, after, limit, standard });
      batches += deleted > 0 ? 1 : 0;
      after = next;
    }
    return batches;
  };
  /** Messages that have left the context, as after a compaction. */
  const forgottenMessages = async (agentId: string, count: number): Promise<void> => {
    await query(
      `insert into messages (id, organization_id, agent_id, conversation_id, role, created_at)
       select 'message-' || gen_random_uuid(), $1, $2, c.id, 'user', now() - interval '40 days' from conversations c, generate_series(1, $3::int) where c.agent_id = $2`,
      defaultOrganizationId,
      agentId,
      count,
    );
  };

  it('deletes old messages in batches, but none that is in a context, too young, or of an agent that keeps them', async () => {
    const [short, forever] = [await newAgent({ messages: 30 }), await newAgent({ messages: 'forever' })];
    for (const agentId of [short, forever]) {
      await client.agents.messages.create(agentId, { input: 'Hello' });
      await age('messages', 'agent_id = $1', agentId);
      await forgottenMessages(agentId, 5);
    }
    await query(
      `update messages set created_at = now() where id = (select id from messages where agent_id = $1 order by sequence_id desc limit 1)`,
      short,
    );
    const inContext = await countOf('conversation_messages cm join messages m on m.id = cm.message_id', 'm.agent_id = $1', short);
    assert.equal(await deleteAll('messages', 2), 2);
    assert.equal(await countOf('messages', 'agent_id = $1', short), inContext + 1);
    assert.equal(await countOf('messages', 'agent_id = $1', forever), inContext + 5);
    assert.equal(await deleteAll('messages', 2), 0);
    assert.equal((await client.agents.messages.create(short, { input: 'And now?' })).stop_reason.stop_reason, 'end_turn');
  });

  it('leaves the messages of a conversation and the answers to its compactions alone while a run of it is open', async () => {
    const agentId = await newAgent({ messages: 30, runs: 30 });
    let answer: () => void = () => undefined;
    const asked = new Promise<void>(resolve => {
      stack.mock.script = async () => {
        resolve();
        await new Promise<void>(release => (answer = release));
        return { text: 'Hello!' };
      };
    });
    const answered = client.agents.messages.create(agentId, { input: 'Hello' });
    await asked;
    await forgottenMessages(agentId, 3);
    await age('runs', 'agent_id = $1', agentId);
    const left = () => countOf('messages', `agent_id = $1 and role = 'user' and content = '[]'`, agentId);
    await query(
      `insert into summary_responses (compaction_id, request_key, run_id, answer) select 'compaction-x', 'key', id, 'said' from runs where agent_id = $1`,
      agentId,
    );
    const answersLeft = () => countOf('summary_responses', `compaction_id = 'compaction-x'`);
    await deleteAll('runs');
    await deleteAll('messages');
    await stack.backend.compactions.deleteLeftAnswers();
    assert.deepEqual([await left(), await answersLeft()], [3, 1]);
    answer();
    assert.equal((await answered).stop_reason.stop_reason, 'end_turn');
    stack.mock.script = () => ({ text: 'Hello!' });
    await deleteAll('messages');
    await stack.backend.compactions.deleteLeftAnswers();
    assert.deepEqual([await left(), await answersLeft()], [0, 0]);
  });

  it('deletes runs that ended long ago with all that hangs on them, but none that somebody waits for', async () => {
    const agentId = await newAgent({ runs: 30 });
    for (const input of ['a', 'b', 'c', 'd']) await client.agents.messages.create(agentId, { input });
    const ids = (await query<{ id: string }>('select id from runs where agent_id = $1 order by created_at', agentId)).map(row => row.id);
    await query(
      `update runs set created_at = created_at - interval '40 days', completed_at = completed_at - interval '40 days' where agent_id = $1 and id <> $2`,
      agentId,
      ids[3],
    );
    await query(`update runs set callback_url = 'http://127.0.0.1:9/' where id = $1`, ids[1]);
    await query(
      `insert into approval_requests (id, organization_id, agent_id, conversation_id, run_id, step_id, step_number, ordinal, calls)
       select 'message-' || gen_random_uuid(), organization_id, agent_id, conversation_id, id, 's', 1, 0, '[]' from runs where id = $1`,
      ids[2],
    );
    await deleteAll('runs');
    const left = (await query<{ id: string }>('select id from runs where agent_id = $1', agentId)).map(row => row.id);
    assert.deepEqual(left.toSorted(), ids.slice(1).toSorted());
    assert.equal(await countOf('run_events', 'run_id = $1', ids[0]), 0);
    await query('delete from approval_requests where agent_id = $1', agentId);
    await query('update runs set callback_url = null where agent_id = $1', agentId);
  });

  it('deletes old passages, and traces before the days of the server are over', async () => {
    const agentId = await newAgent({ passages: 30, traces: 3 });
    const [old] = await client.agents.passages.create(agentId, { text: 'old' });
    await query(`update passages set updated_at = now() - interval '31 days' where id = $1`, old?.id);
    await client.agents.passages.create(agentId, { text: 'of old times', created_at: '2019-05-05T00:00:00Z' });
    await client.agents.passages.create(agentId, { text: 'new' });
    await client.agents.messages.create(agentId, { input: 'Hello' });
    await query(`update provider_traces set created_at = now() - interval '4 days' where agent_id = $1`, agentId);
    assert.ok((await countOf('provider_traces', 'agent_id = $1', agentId)) > 0);
    await deleteAll('passages');
    await deleteAll('traces');
    assert.deepEqual((await client.agents.passages.list(agentId)).map(passage => passage.text).toSorted(), ['new', 'of old times']);
    assert.equal(await countOf('provider_traces', 'agent_id = $1', agentId), 0);
  });

  it('keeps the traces of an agent that wants them for ever, also from reconcile, until the agent is deleted', async () => {
    const agentId = await newAgent({ traces: 'forever' });
    await client.agents.messages.create(agentId, { input: 'Hello' });
    await query(
      `insert into provider_traces (id, organization_id, agent_id, call_type, request, response) values ('provider_trace-' || gen_random_uuid(), $1, $2, 'generation', '{}', '{}')`,
      defaultOrganizationId,
      agentId,
    );
    await query(`update provider_traces set created_at = now() - interval '400 days' where agent_id = $1`, agentId);
    const kept = await countOf('provider_traces', 'agent_id = $1', agentId);
    assert.ok(kept >= 2);
    await stack.backend.temporal.client.workflow.execute('reconcile', { workflowId: `reconcile/test/${randomUUID()}`, taskQueue });
    await deleteAll('traces', 100, 1);
    assert.equal(await countOf('provider_traces', 'agent_id = $1', agentId), kept);
    await client.agents.delete(agentId);
    assert.equal(await countOf('provider_traces', 'agent_id = $1', agentId), 0);
  });

  it("goes by the agent's policy, then the organisation's, then the server's", async () => {
    const agents = await Promise.all([newAgent({}), newAgent({ messages: 'forever' }), newAgent({})]);
    const organizationId = `org-${randomUUID()}`;
    await query(`insert into organizations (id, name, retention) values ($1, 'short', '{"messages": 30}')`, organizationId);
    for (const id of agents) await forgottenMessages(id, 1);
    await query('update agents set organization_id = $1 where id = any($2)', organizationId, agents.slice(0, 2));
    const left = () => Promise.all(agents.map(id => countOf('messages', `agent_id = $1 and content = '[]' and role = 'user'`, id)));
    await deleteAll('messages', 100, 'forever');
    assert.deepEqual(await left(), [0, 1, 1]);
    await deleteAll('messages', 100, 39);
    assert.deepEqual(await left(), [0, 1, 0]);
    await query('update agents set organization_id = $1 where id = any($2)', defaultOrganizationId, agents);
  });

  it('is set and told over the API, and carried out by a workflow that tells what it deleted', async () => {
    const agentId = await newAgent({});
    const call = async (method: string, path: string, body?: unknown) => {
      const sent = body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
      const response = await fetch(`${stack.url}${path}`, { method, ...sent });
      return [response.status, response.status === 200 ? await response.json() : null];
    };
    const path = `/v1/agents/${agentId}/retention`;
    assert.deepEqual(await call('GET', path), [200, {}]);
    assert.deepEqual(await call('PUT', path, { messages: 30, runs: 'forever' }), [200, { messages: 30, runs: 'forever' }]);
    assert.deepEqual(await call('GET', path), [200, { messages: 30, runs: 'forever' }]);
    for (const body of [{ messages: 0 }, { runs: 'never' }, { steps: 3 }, { passages: 1.5 }])
      assert.deepEqual(await call('PUT', path, body), [422, null]);
    assert.deepEqual(await call('GET', `/v1/agents/agent-${randomUUID()}/retention`), [404, null]);
    assert.deepEqual(await call('PUT', '/v1/retention', { passages: 36_000 }), [200, { passages: 36_000 }]);
    assert.deepEqual(await call('PUT', '/v1/retention', {}), [200, {}]);
    await forgottenMessages(agentId, 7);
    const workflowId = `retention-${randomUUID()}`;
    const counts = (await stack.backend.temporal.client.workflow.execute('retention', { workflowId, taskQueue, args: [] })) as {
      messages: number;
    };
    assert.ok(counts.messages >= 7);
    assert.equal(await countOf('messages', `agent_id = $1 and content = '[]' and role = 'user'`, agentId), 0);
  });
});
