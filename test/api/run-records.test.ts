import assert from 'node:assert/strict';
import type { Letta } from '@letta-ai/letta-client';
import { textOf } from '../support/mock-openai.js';
import { useStack } from '../support/stack-client.js';

type Json = Readonly<Record<string, unknown>>;
const nobody = '00000000-0000-4000-8000-000000000000';
const toolId = 'tool-00000000-0000-4000-8000-0000000000ff';

describe('what is kept of runs and steps, by the official SDK', () => {
  const { stack, letta: client, newAgent, send } = useStack();
  let agentId: string;
  /** In the order of their creation: one step; two steps with a tool; one that was refused by the provider; a background one. */
  let ids: string[];

  const get = async <Body = Json>(path: string, method = 'GET'): Promise<{ status: number; body: Body }> => {
    const response = await fetch(`${stack.url}${path}`, { method });
    return { status: response.status, body: (await response.json()) as Body };
  };
  const listed = async (query: string, path = '/v1/_internal_runs/'): Promise<string[]> => {
    const { status, body } = await get<{ id: string }[]>(`${path}?agent_id=${agentId}&order=asc&${query}`);
    assert.equal(status, 200, JSON.stringify(body));
    return body.map(run => run.id);
  };

  before(async () => {
    stack.mock.script = request => {
      if (request.messages.at(-1)?.role === 'tool') return { text: 'Done.' };
      switch (textOf(request.messages.at(-1))) {
        case 'use the tool':
          return { toolCalls: [{ name: 'test_tool', args: { text: 'x' } }] };
        case 'be refused':
          return { error: { status: 400, body: { error: { message: 'no' } } } };
        default:
          return { text: 'Hello!' };
      }
    };
    stack.testTool = async () => {
      await new Promise(resolve => setTimeout(resolve, 60));
      return { status: 'success', value: 'done' };
    };
    agentId = await newAgent({ tools: ['test_tool'], project_id: 'project-1', base_template_id: 'family-1' });
    const headers = { 'x-api-request-log-id': 'log-17', traceparent: `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01` };
    await send(agentId, { input: 'hello' }, headers);
    await send(agentId, { input: 'use the tool' });
    await send(agentId, { input: 'be refused' });
    const last = await client.agents.messages.createAsync(agentId, { input: 'in the background' });
    for await (const _ of await client.runs.messages.stream(last.id, { include_pings: false }));
    const runs = (await client.runs.list({ agent_id: agentId, order: 'asc' })).items;
    ids = runs.map(run => run.id);
    assert.equal(ids.length, 4);
  });

  const only = (...indexes: number[]): string[] => indexes.map(index => ids[index] ?? '');

  it('lists runs by each filter and in pages', async () => {
    const runs = async (query: Parameters<Letta['runs']['list']>[0]) =>
      (await client.runs.list({ agent_id: agentId, order: 'asc', ...query })).items.map(run => run.id);
    assert.deepEqual(await runs({ background: true }), only(3));
    assert.deepEqual(await runs({ statuses: ['failed'] }), only(2));
    assert.deepEqual(await runs({ stop_reason: 'llm_api_error' }), only(2));
    assert.deepEqual(await runs({ conversation_id: 'default' }), ids);
    assert.deepEqual(await runs({ conversation_id: `conv-${nobody}` }), []);
    assert.deepEqual(await runs({ limit: 2 }), only(0, 1));
    assert.deepEqual(await runs({ limit: 2, after: ids[1] ?? '' }), only(2, 3));
    assert.deepEqual(await runs({ before: ids[1] ?? '' }), only(0));
    assert.deepEqual(await runs({ order: 'desc', limit: 1 }), only(3));
    assert.deepEqual(await runs({ active: true }), []);
  });

  it('lists runs by the filters of the internal list', async () => {
    assert.deepEqual(await listed(''), ids);
    assert.deepEqual(await listed(`run_id=${ids[1]}`), only(1));
    assert.deepEqual(await listed('step_count=2'), only(1));
    assert.deepEqual(await listed('step_count=1&step_count_operator=gte'), ids);
    assert.deepEqual(await listed('step_count=1&step_count_operator=lte'), only(0, 2, 3));
    assert.deepEqual(await listed(`tools_used=${toolId}`), only(1));
    assert.deepEqual(await listed(`tools_used=tool-${nobody}`), []);
    assert.deepEqual(await listed('project_id=project-1'), ids);
    assert.deepEqual(await listed('project_id=project-2'), []);
    assert.deepEqual(await listed('template_family=family-1'), ids);
    assert.deepEqual(await listed('template_family=family-2'), []);
    assert.deepEqual(await listed('duration_value=60000000&duration_operator=gt&statuses=completed&step_count=2'), only(1));
    assert.deepEqual(await listed('duration_value=1&duration_operator=lt'), []);
    assert.deepEqual(await listed('duration_percentile=0'), ids);
    assert.equal((await listed('duration_percentile=100')).length, 1);
    assert.deepEqual(await listed('start_date=2000-01-01&end_date=2000-01-02T00:00:00Z'), []);
    assert.deepEqual(await listed('start_date=2000-01-01T00:00:00%2B02:00'), ids);
    assert.equal((await get(`/v1/_internal_runs/?start_date=soon`)).status, 400);
    assert.equal((await get(`/v1/_internal_runs/?step_count_operator=about`)).status, 422);
  });

  it('orders runs by how long they took, in pages', async () => {
    const all = (await get<{ id: string; total_duration_ns: number }[]>(`/v1/_internal_runs/?agent_id=${agentId}&order_by=duration`)).body;
    const durations = all.map(run => run.total_duration_ns);
    assert.deepEqual(
      durations,
      durations.toSorted((a, b) => b - a),
    );
    const next = await get<{ id: string }[]>(`/v1/_internal_runs/?agent_id=${agentId}&order_by=duration&limit=2&after=${all[1]?.id}`);
    assert.deepEqual(
      next.body.map(run => run.id),
      all.slice(2).map(run => run.id),
    );
  });

  it('measures a run and each of its steps', async () => {
    const { body: metrics } = await get(`/v1/runs/${ids[1]}/metrics`);
    assert.equal(metrics['id'], ids[1]);
    assert.equal(metrics['num_steps'], 2);
    assert.deepEqual(metrics['tools_used'], [toolId]);
    assert.equal(metrics['project_id'], 'project-1');
    assert.ok(Number(metrics['run_start_ns']) > 1.7e18);
    const steps = (await client.runs.steps.list(ids[1] ?? '', { order: 'asc' })).items;
    const [first, second] = await Promise.all(steps.map(step => client.steps.metrics.retrieve(step.id)));
    assert.ok(first && second);
    assert.ok(Number(first.tool_execution_ns) >= 55e6, `the tool took ${first.tool_execution_ns} ns`);
    assert.equal(second.tool_execution_ns, null, 'no tool ran in the second step');
    for (const step of [first, second]) {
      assert.ok(Number(step.llm_request_ns) > 0);
      assert.ok(Number(step.llm_request_start_ns) >= Number(metrics['run_start_ns']));
      assert.ok(
        Number(step.step_ns) >= Number(step.llm_request_ns) - 1e6,
        'a step takes as long as its model call, but for the rounding to ms',
      );
    }
    assert.ok(Number(first.step_ns) >= Number(first.tool_execution_ns));
    assert.ok(Number(metrics['run_ns']) >= Number(first.step_ns) + Number(second.step_ns) - 2e6);
    assert.equal((await get(`/v1/runs/run-${nobody}/metrics`)).status, 404);
    assert.equal((await get(`/v1/steps/step-${nobody}/metrics`)).status, 404);
  });

  it("notes the client's name of the request and its trace on each step, and finds steps by them", async () => {
    const [step] = (await client.runs.steps.list(ids[0] ?? '')).items;
    assert.equal(step?.request_id, 'log-17');
    assert.equal(step.trace_id, 'ab'.repeat(16));
    assert.equal(step.project_id, 'project-1');
    const found = (await client.steps.list({ agent_id: agentId, trace_ids: ['ab'.repeat(16)] })).items;
    assert.deepEqual(
      found.map(each => each.id),
      [step.id],
    );
  });

  it('lists steps by each filter and in pages', async () => {
    const steps = async (query: Parameters<Letta['steps']['list']>[0]) =>
      (await client.steps.list({ agent_id: agentId, order: 'asc', ...query })).items.map(step => step.id);
    const all = await steps({});
    assert.equal(all.length, 5);
    assert.deepEqual(await steps({ model: 'mock-model' }), all);
    assert.deepEqual(await steps({ model: 'another' }), []);
    assert.deepEqual(await steps({ project_id: 'project-2' }), []);
    assert.deepEqual(await steps({ start_date: '2000-01-01', end_date: '2000-01-02' }), []);
    assert.deepEqual(await steps({ limit: 2, after: all[1] ?? '' }), all.slice(2, 4));
    await client.steps.feedback.create(all[1] ?? '', { feedback: 'positive', tags: ['kind'] });
    assert.deepEqual(await steps({ feedback: 'positive' }), [all[1]]);
    assert.deepEqual(await steps({ has_feedback: false }), [all[0], ...all.slice(2)]);
    assert.deepEqual(await steps({ tags: ['kind', 'other'] }), [all[1]]);
    const taken = await client.steps.feedback.create(all[1] ?? '', { feedback: null });
    assert.equal(taken.feedback, null);
    assert.deepEqual(taken.tags, ['kind']);
  });

  it('notes the transaction of a step', async () => {
    const [step] = (await client.runs.steps.list(ids[0] ?? '')).items;
    const { status, body } = await get(`/v1/steps/${step?.id}/transaction/tid-9`, 'PATCH');
    assert.equal(status, 200);
    assert.equal(body['tid'], 'tid-9');
    assert.equal((await client.steps.retrieve(step?.id ?? '')).tid, 'tid-9');
    assert.equal((await get(`/v1/steps/step-${nobody}/transaction/t`, 'PATCH')).status, 404);
  });

  it('shows runs as jobs: lists, retrieves and deletes them', async () => {
    const jobs = (await get<Json[]>('/v1/jobs/?limit=1000')).body;
    const job = jobs.find(each => each['id'] === ids[0]);
    assert.equal(job?.['job_type'], 'run');
    assert.equal(job['status'], 'completed');
    assert.equal(job['agent_id'], agentId);
    assert.deepEqual((await get(`/v1/jobs/${ids[0]}`)).body, job);
    assert.deepEqual(
      (await get(`/v1/jobs/?after=${ids[0]}&limit=1&order=asc`)).body,
      jobs.filter(each => each['id'] === ids[1]),
    );
    assert.deepEqual((await get('/v1/jobs/?source_id=source-1')).body, []);
    assert.deepEqual(
      (await get<Json[]>('/v1/jobs/?active=true')).body.filter(each => each['agent_id'] === agentId),
      [],
    );
    assert.equal((await get(`/v1/jobs/job-${nobody}`)).status, 404);
    assert.equal((await get('/v1/jobs/nonsense')).status, 422);
    assert.deepEqual((await get(`/v1/jobs/${ids[0]}/cancel`, 'PATCH')).body, job, 'a job that has ended stays as it is');
    assert.deepEqual((await get(`/v1/jobs/${ids[0]}`, 'DELETE')).body, job);
    assert.equal((await get(`/v1/jobs/${ids[0]}`)).status, 404);
  });

  it('cancels a job and answers with it as it is then', async () => {
    const asked = new Promise<void>(resolve => {
      stack.mock.script = () => {
        resolve();
        return { text: 'word '.repeat(400), pieceDelayMs: 20 };
      };
    });
    const run = await client.agents.messages.createAsync(agentId, { input: 'slow' });
    await asked;
    assert.ok((await get<Json[]>('/v1/jobs/active')).body.some(job => job['id'] === run.id));
    assert.equal((await get(`/v1/jobs/${run.id}`, 'DELETE')).status, 409);
    const { status, body } = await get(`/v1/jobs/${run.id}/cancel`, 'PATCH');
    assert.equal(status, 200);
    assert.equal(body['status'], 'cancelled');
    assert.equal(body['stop_reason'], 'cancelled');
  });
});
