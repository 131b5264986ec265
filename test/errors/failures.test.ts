import assert from 'node:assert/strict';
import { modelOf, wireForms } from '../support/models.js';
import type { MockReply, WireForm } from '../support/mock-reply.js';
import { dataOf, framesOf } from '../support/read-sse.js';
import { useStack } from '../support/stack-client.js';
import { assertValidHistory, userTexts } from '../support/valid-history.js';
import { failureCases } from './failure-cases.js';
import type { FailureCase } from './failure-cases.js';

/** Tries of the shared stack. */
const attempts = 3;

describe('failures of a provider', () => {
  const api = useStack();
  const { stack } = api;
  /** What the provider answers in each form: the forms of one case are tried side by side. */
  const scripts: Record<WireForm, () => MockReply> = { chat: () => ({}), responses: () => ({}), anthropic: () => ({}) };

  before(async () => {
    stack.mock.script = (_request, form) => scripts[form]();
  });

  for (const failure of failureCases) {
    const forms = wireForms.filter(form => failure.fault(form) !== null);
    const tried = new Map<WireForm, Promise<void>>();
    for (const form of forms) {
      const what = failure.retried ? 'is retried' : 'is not retried';
      it(`${failure.name} of ${form}: ${what}, shown as ${failure.status} ${failure.errorType}, loses nothing`, async () => {
        if (tried.size === 0) startAll(tried, forms, failure);
        await tried.get(form);
      });
    }
  }

  /** All at once, but for a provider that is away, which it is in all forms, and for compactions, which may ask in another form. */
  function startAll(tried: Map<WireForm, Promise<void>>, forms: readonly WireForm[], failure: FailureCase): void {
    let before = Promise.resolve();
    for (const form of forms) {
      const isAlone = failure.fault(form) === 'away' || failure.compacts === true;
      const outcome = isAlone ? before.then(() => fails(failure, form)) : fails(failure, form);
      before = outcome.catch(() => undefined);
      tried.set(form, outcome);
    }
  }

  async function fails(failure: FailureCase, form: WireForm): Promise<void> {
    const agentId = await api.newAgent({ model: modelOf[form] });
    await lasts(agentId, failure, form, () => blocks(agentId, failure));
    await lasts(agentId, failure, form, () => streams(agentId, failure));
    await recovers(agentId, failure, form);
  }

  function answer(failure: FailureCase, form: WireForm, script: () => MockReply): void {
    for (const answered of failure.compacts === true ? wireForms : [form]) scripts[answered] = script;
  }

  const seenIn = (failure: FailureCase, form: WireForm) => stack.mock.seen.filter(seen => failure.compacts === true || seen.form === form);

  async function newestRun(agentId: string) {
    const run = (await api.letta.runs.list({ agent_id: agentId, limit: 1, order: 'desc' })).items[0];
    assert.ok(run);
    const [row] = await stack.backend.database.query<{ attempt: number }>('select attempt from runs where id = $1', [run.id]);
    return { run, attempt: row?.attempt ?? 0 };
  }

  /** Lets the provider fail for as long as one request takes, and looks at the run that came of it. */
  async function lasts(agentId: string, failure: FailureCase, form: WireForm, request: () => Promise<void>): Promise<void> {
    const seen = seenIn(failure, form).length;
    const isAway = failure.fault(form) === 'away';
    answer(failure, form, () => faultOf(failure, form));
    await (isAway ? stack.mock.whileAway(request) : request());
    const tries = failure.retried ? attempts : 1;
    const { run, attempt } = await newestRun(agentId);
    const requests = seenIn(failure, form).length - seen;
    // Asked again behind each compaction, whose ways to ask for a summary are refused as well.
    if (failure.compacts === true) assert.ok(attempt <= 4 && requests > attempt && requests <= 8, `${attempt} calls, ${requests} requests`);
    else assert.equal(attempt, tries);
    if (!isAway && failure.compacts !== true) assert.equal(requests, tries, 'requests that the provider saw');
    assert.equal(run.status, 'failed');
    assert.equal(run.stop_reason, failure.stopReason);
    const error = run.metadata?.['error'] as Record<string, unknown>;
    assert.equal(error['error_type'], failure.errorType);
    assert.equal(error['run_id'], run.id);
    assert.equal(/have left the context/.test(String(error['detail'])), failure.refusesInput === true);
    const steps = (await api.letta.runs.steps.list(run.id)).items;
    assert.deepEqual(
      steps.map(step => [step.status, step.error_type, step.stop_reason]),
      [['failed', failure.errorType, failure.stopReason]],
    );
  }

  async function blocks(agentId: string, failure: FailureCase): Promise<void> {
    const response = await api.send(agentId, { input: 'first' });
    const body = (await response.json()) as { error: Record<string, unknown>; detail?: unknown };
    assert.equal(response.status, failure.status, JSON.stringify(body));
    assert.equal(response.headers.get('x-should-retry'), 'false');
    assert.deepEqual(Object.keys(body.error), ['type', 'message', 'detail']);
    assert.equal(body.error['type'], failure.errorType);
    assert.equal(typeof body.error['message'], 'string');
    assert.equal('detail' in body, failure.status === 503, "V1's own form of an overloaded provider");
    assert.doesNotMatch(JSON.stringify(body), /sk-test/);
  }

  async function streams(agentId: string, failure: FailureCase): Promise<void> {
    const response = await api.send(agentId, { input: 'second', streaming: true, stream_tokens: true, include_pings: false });
    assert.equal(response.status, 200);
    const frames = await framesOf(response);
    const [stop, error, done] = frames.slice(-3);
    assert.ok(stop && error && done);
    assert.deepEqual(dataOf(stop), { message_type: 'stop_reason', stop_reason: failure.stopReason });
    assert.equal(error.name, 'error');
    const data = dataOf(error);
    assert.equal(data['message_type'], 'error_message');
    assert.equal(data['error_type'], failure.errorType);
    assert.match(String(data['run_id']), /^run-/);
    assert.equal(typeof data['message'], 'string');
    assert.equal(done.data, '[DONE]');
    const shown = failure.compacts === true ? ['assistant_message', 'user_message'] : ['assistant_message'];
    assert.ok(frames.slice(0, -3).every(frame => frame.name === null && shown.includes(String(dataOf(frame)['message_type']))));
  }

  /** One failure more if it may pass, then an answer: all that was said is still there, for the model and in the list. */
  async function recovers(agentId: string, failure: FailureCase, form: WireForm): Promise<void> {
    let failuresLeft = failure.retried && failure.fault(form) !== 'away' ? 1 : 0;
    answer(failure, form, () => {
      failuresLeft -= 1;
      return failuresLeft >= 0 ? faultOf(failure, form) : { text: 'Back again.' };
    });
    const response = await api.send(agentId, { input: 'third' });
    const body = (await response.json()) as { messages: readonly { message_type: string; content?: string }[] };
    assert.equal(response.status, 200, JSON.stringify(body));
    // Before an answer a provider that has called the context too long is sent a summary, which is shown.
    const said = body.messages.filter(message => failure.compacts !== true || message.message_type !== 'user_message');
    assert.deepEqual(
      said.map(message => message.content),
      ['Back again.'],
    );
    const [before, last] = seenIn(failure, form).slice(-2);
    assert.ok(before && last);
    if (failure.pauseMs !== undefined) assert.ok(last.at - before.at >= failure.pauseMs, 'the provider got the pause that it asked for');
    assert.equal(last.form, form);
    assertValidHistory(last);
    const sent = userTexts(last);
    if (failure.compacts === true) assert.match(sent.join('\n'), /(first(.|\n)*second|summary(.|\n)*Back again)(.|\n)*third/);
    else assert.deepEqual(sent, failure.refusesInput === true ? ['third'] : ['first', 'second', 'third']);
    const listed = (await api.letta.agents.messages.list(agentId, { order: 'asc' })).items;
    const texts = listed.flatMap(message =>
      message.message_type === 'user_message' && typeof message.content === 'string' ? [message.content] : [],
    );
    // What was summed up is still there behind its summary, which V1 shows as one of the user's messages.
    const kept = failure.compacts === true ? texts.filter(text => !text.startsWith('{"type":"system_alert"')) : texts;
    assert.deepEqual(kept, ['first', 'second', 'third']);
  }
});

function faultOf(failure: FailureCase, form: WireForm): MockReply {
  const fault = failure.fault(form);
  return fault === null || fault === 'away' ? {} : fault;
}
