import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import type { Letta } from '@letta-ai/letta-client';
import { postJson } from '../../src/providers/outbound/post-json.js';
import { contentOf } from '../support/agent-client.js';
import { startCallbackReceiver } from '../support/callback-receiver.js';
import type { CallbackReceiver } from '../support/callback-receiver.js';
import { useStack } from '../support/stack-client.js';

describe('callbacks by the official SDK', () => {
  const { stack, letta: client, newAgent } = useStack();
  let receiver: CallbackReceiver;
  beforeEach(async () => {
    receiver = await startCallbackReceiver();
    stack.mock.script = () => ({ text: 'Hello!' });
  });
  afterEach(() => receiver.close());

  const start = async (agentId: string): Promise<string> =>
    (await client.agents.messages.createAsync(agentId, { input: 'go', callback_url: receiver.url })).id;
  /** The run once its callback has been noted as the condition wants it. */
  const noted = async (runId: string, isNoted: (run: Awaited<ReturnType<Letta['runs']['retrieve']>>) => boolean) => {
    for (;;) {
      const run = await client.runs.retrieve(runId);
      if (isNoted(run)) return run;
      await new Promise(resolve => setTimeout(resolve, 50));
    }
  };

  it("tell of a run's end with its answer, signed, and note what came of it", async () => {
    const runId = await start(await newAgent());
    await receiver.waitFor(1);
    const run = await noted(runId, ({ callback_sent_at: sentAt }) => sentAt != null);
    assert.deepEqual([run.callback_url, run.callback_status_code, run.callback_error], [receiver.url, 200, null]);
    const [callback] = receiver.received;
    assert.ok(callback);
    const { metadata, ...rest } = callback.body as {
      metadata: { run_type: string; result: { messages: unknown[]; stop_reason: { stop_reason: string } } };
    };
    assert.deepEqual(rest, { run_id: runId, status: 'completed', completed_at: run.completed_at });
    assert.equal(metadata.run_type, 'send_message_async');
    assert.equal(metadata.result.stop_reason.stop_reason, 'end_turn');
    assert.equal(contentOf(metadata.result.messages.at(-1)), 'Hello!');
    assert.equal(callback.headers['x-perdura-callback-id'], runId);
    const [, seconds, signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(callback.headers['x-perdura-signature'])) ?? [];
    assert.equal(signature, createHmac('sha256', 'hook-secret').update(`${seconds}.${callback.text}`).digest('hex'));
    assert.ok(Math.abs(Number(seconds) - Date.now() / 1000) < 60);
  });

  it('reach an address however its scheme and host are written', async () => {
    const written = receiver.url.replace('http:', 'HTTP:').replace('127.0.0.1', 'LOCALHOST');
    const run = await client.agents.messages.createAsync(await newAgent(), { input: 'go', callback_url: written });
    assert.equal(run.callback_url, receiver.url.replace('127.0.0.1', 'localhost'));
    await receiver.waitFor(1);
  });

  it('are tried again under the same id when the receiver fails, is silent or sends elsewhere', async () => {
    let elsewhere = 0;
    const other = await startCallbackReceiver();
    other.answer = () => {
      elsewhere += 1;
      return { status: 200 };
    };
    receiver.answer = () => {
      if (receiver.received.length === 1) return { status: 302, headers: { location: other.url } };
      return receiver.received.length === 2 ? null : { status: 204 };
    };
    const runId = await start(await newAgent());
    await noted(runId, run => run.callback_error === 'The receiver answered with status 302');
    await noted(runId, run => run.callback_error === 'no answer within 1000 ms');
    const run = await noted(runId, ({ callback_status_code: status }) => status === 204);
    assert.equal(run.callback_error, null);
    assert.deepEqual(
      receiver.received.map(({ headers }) => [headers['x-perdura-callback-id'], headers['x-perdura-callback-attempt']]),
      [
        [runId, '1'],
        [runId, '2'],
        [runId, '3'],
      ],
    );
    assert.equal(elsewhere, 0, 'a redirect is not followed');
    await other.close();
  });

  it('are given up after the last try, and the run shows why', async () => {
    receiver.answer = () => ({ status: 500 });
    const runId = await start(await newAgent());
    await receiver.waitFor(3);
    const settled = async () =>
      (await stack.backend.database.query('select id from runs where id = $1 and callback_settled_at is not null', [runId])).length > 0;
    while (!(await settled())) await new Promise(resolve => setTimeout(resolve, 50));
    const run = await client.runs.retrieve(runId);
    assert.deepEqual([run.callback_status_code, run.callback_error], [500, 'The receiver answered with status 500']);
    assert.equal(run.status, 'completed', 'the run itself is not touched');
  });

  it('tell of failed runs, and of those that were cancelled before they began', async () => {
    stack.mock.script = () => ({ error: { status: 400, body: { error: { message: 'no' } } } });
    const agentId = await newAgent();
    const failed = await start(agentId);
    await receiver.waitFor(1);
    assert.deepEqual([receiver.received[0]?.body['run_id'], receiver.received[0]?.body['status']], [failed, 'failed']);
    assert.match(JSON.stringify(receiver.received[0]?.body['metadata']), /"error":\{.*"llm_error"/);
    stack.mock.script = () => ({ text: 'slow '.repeat(50), pieceDelayMs: 40 });
    await client.agents.messages.createAsync(agentId, { input: 'in front' });
    const queued = await start(agentId);
    await client.agents.messages.cancel(agentId, { run_ids: [queued] });
    await receiver.waitFor(2);
    assert.deepEqual([receiver.received[1]?.body['run_id'], receiver.received[1]?.body['status']], [queued, 'cancelled']);
  });

  it('are started by reconcile when their workflow was ended by force', async () => {
    receiver.answer = () => (receiver.received.length === 1 ? { status: 503 } : { status: 200 });
    const runId = await start(await newAgent());
    await noted(runId, ({ callback_status_code: status }) => status === 503);
    await stack.backend.temporal.client.workflow.getHandle(`callback/${runId}`).terminate();
    const run = await noted(runId, ({ callback_status_code: status }) => status === 200);
    assert.equal(run.callback_error, null);
  });

  it('refuse an address that is none, and start no run', async () => {
    const agentId = await newAgent();
    for (const url of ['nowhere', 'ftp://example.com/x', '']) {
      await assert.rejects(client.agents.messages.createAsync(agentId, { input: 'go', callback_url: url }), { status: 422 });
    }
    assert.equal((await client.runs.list({ agent_id: agentId })).items.length, 0);
  });
});

describe('postJson', () => {
  it('calls no private address unless that is allowed, by number or by name', async () => {
    const receiver = await startCallbackReceiver();
    const post = (url: string, allowPrivate: boolean) => postJson({ url, body: '{}', headers: {}, timeoutMs: 2000, allowPrivate });
    const port = new URL(receiver.url).port;
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '10.0.0.1', '169.254.169.254', '0.0.0.0', '2130706433']) {
      const answer = await post(`http://${host}:${port}/hook`, false);
      assert.equal(answer.kind, 'failed', host);
      assert.match(answer.kind === 'failed' ? answer.reason : '', /not allowed/, host);
    }
    assert.equal(receiver.received.length, 0);
    assert.deepEqual(await post(receiver.url, true), { kind: 'answered', status: 200 });
    await receiver.close();
  });
});
