import assert from 'node:assert/strict';
import type {
  CallFacts,
  LoopTraits,
  ModelOutcome,
  PersistStepInput,
  StepInput,
  SummarizeOutcome,
  ToolCallOutcome,
} from '../../../src/domain/agent-loop/loop-types.js';
import { runAgentStep } from '../../../src/domain/agent-loop/run-agent-step.js';
import type { AgentStepPorts } from '../../../src/domain/agent-loop/run-agent-step.js';

const native: LoopTraits = { heartbeats: false };
const older: LoopTraits = { heartbeats: true };

function call(toolName: string, more: Partial<CallFacts> = {}): CallFacts {
  return {
    index: 0,
    toolName,
    execution: 'database',
    retryClass: 'always',
    timeoutMs: 1000,
    parallel: false,
    requestHeartbeat: null,
    effect: 'none',
    violation: null,
    invalidPrefill: null,
    needsApproval: false,
    ...more,
  };
}

function response(calls: readonly CallFacts[], more: Partial<Extract<ModelOutcome, { kind: 'response' }>> = {}): ModelOutcome {
  return {
    kind: 'response',
    // That of the call that brings it.
    ordinal: -1,
    finish: 'stop',
    calls: calls.map((item, index) => ({ ...item, index })),
    overThreshold: false,
    uncalledRequired: [],
    ...more,
  };
}

interface World {
  readonly ports: AgentStepPorts;
  readonly log: string[];
  readonly persisted: PersistStepInput[];
}

/** Ports that answer from lists and write down what they were asked. */
function world(
  models: ModelOutcome[],
  options: { tool?: (name: string) => Partial<ToolCallOutcome>; summaries?: SummarizeOutcome[]; cancelled?: boolean; held?: boolean } = {},
): World {
  const log: string[] = [];
  const persisted: PersistStepInput[] = [];
  const ports: AgentStepPorts = {
    callModel: async ({ ordinal, checksWindow }) => {
      log.push(`model ${ordinal}${checksWindow ? '' : ' in any case'}`);
      const outcome = models.shift() ?? { kind: 'cancelled' };
      return Promise.resolve(outcome.kind === 'response' && outcome.ordinal < 0 ? { ...outcome, ordinal } : outcome);
    },
    runToolCall: async ({ call: { index, toolName } }) => {
      log.push(`tool ${toolName}`);
      return Promise.resolve({ index, toolName, status: 'success', cancelled: false, ...options.tool?.(toolName) });
    },
    summarize: async ({ trigger, isPressing }) => {
      log.push(`summarize ${trigger}${isPressing ? ' pressing' : ''}`);
      return Promise.resolve(options.summaries?.shift() ?? { kind: 'compacted' });
    },
    persistStep: async input => {
      log.push('persist');
      persisted.push(input);
      return Promise.resolve({ cancelRequested: options.cancelled ?? false, held: options.held ?? false, runOpen: true });
    },
  };
  return { ports, log, persisted };
}

function step(traits: LoopTraits, isLast = false): StepInput {
  return {
    runId: 'run-1',
    agentId: 'agent-1',
    conversationId: 'conv-1',
    number: 1,
    isLast,
    isolation: 'inline',
    traits,
    timeouts: { modelCallMs: 1, heartbeatMs: 1, tools: { startMs: 1, endMs: 1, attempts: 1 } },
    modelHandle: 'm',
  };
}

async function stopReasonOf(models: ModelOutcome[], traits: LoopTraits, isLast = false): Promise<string> {
  const outcome = await runAgentStep(world(models).ports, step(traits, isLast));
  return outcome.kind === 'stop' ? outcome.end.stopReason : outcome.kind;
}

describe('runAgentStep', () => {
  it('ends the turn when the model calls nothing', async () => assert.equal(await stopReasonOf([response([])], native), 'end_turn'));
  it('says so when the answer was cut off by the output limit', async () =>
    assert.equal(await stopReasonOf([response([], { finish: 'length' })], native), 'max_tokens_exceeded'));
  it('goes on after a tool call', async () => assert.equal(await stopReasonOf([response([call('search')])], native), 'continue'));
  it('stops after a tool that ends the turn', async () =>
    assert.equal(await stopReasonOf([response([call('finish', { effect: 'ends' })])], native), 'tool_rule'));
  it('stops at the last step that is allowed', async () =>
    assert.equal(await stopReasonOf([response([call('search')])], native, true), 'max_steps'));
  it('stops when the model call was cancelled', async () => assert.equal(await stopReasonOf([{ kind: 'cancelled' }], native), 'cancelled'));
  it('ends with what the failed model call says', async () => {
    const end = { stopReason: 'llm_api_error', error: { type: 'llm_error', message: 'm', detail: null, status: 500 } } as const;
    assert.equal(await stopReasonOf([{ kind: 'failed', end }], native), 'llm_api_error');
  });

  it('needs a tool call in every step of the older kinds', async () =>
    assert.equal(await stopReasonOf([response([])], older), 'no_tool_call'));
  it('takes a response without a call that ran into the output limit for what it is, also of an older kind', async () =>
    assert.equal(await stopReasonOf([response([], { finish: 'length' })], older), 'max_tokens_exceeded'));
  it('fails when the content filter has cut a response off, whatever the kind', async () => {
    for (const traits of [native, older]) {
      assert.equal(await stopReasonOf([response([], { finish: 'content_filter' })], traits), 'llm_api_error');
    }
  });
  it('goes on when an older kind asks for a heartbeat', async () =>
    assert.equal(await stopReasonOf([response([call('x', { requestHeartbeat: true })])], older), 'continue'));
  it('ends the turn of an older kind that asks for none', async () =>
    assert.equal(await stopReasonOf([response([call('x', { requestHeartbeat: false })])], older), 'end_turn'));
  it('goes on after a tool that has to be followed', async () =>
    assert.equal(await stopReasonOf([response([call('search', { effect: 'continues' })])], older), 'continue'));
  it('goes on after a call that a rule forbade, also of a tool that would end the turn', async () => {
    const refused = call('finish', { effect: 'ends', violation: 'not now' });
    assert.equal(await stopReasonOf([response([refused])], native), 'continue');
    assert.equal(await stopReasonOf([response([refused])], older), 'continue');
    assert.equal(await stopReasonOf([response([refused])], older, true), 'max_steps');
  });
  it('ends when arguments that a rule prescribes do not fit the tool', async () => {
    const model = response([call('search', { invalidPrefill: 'Invalid prefilled tool arguments' })]);
    assert.equal(await stopReasonOf([model], native), 'invalid_tool_call');
    assert.equal(await stopReasonOf([model], older), 'invalid_tool_call');
  });

  describe('with a tool that has to be called before the end', () => {
    const uncalledRequired = ['save', 'check'];
    const reasonOf = async (model: ModelOutcome, traits: LoopTraits): Promise<string | null | undefined> => {
      const { ports, persisted } = world([model]);
      await runAgentStep(ports, step(traits));
      return persisted[0]?.decision.heartbeatReason;
    };

    it('goes on after an answer in words, and tells which tools are missing', async () => {
      const model = response([], { uncalledRequired });
      assert.equal(await stopReasonOf([model], native), 'continue');
      assert.match((await reasonOf(model, native)) ?? '', /ToolRuleViolated.*save, check/);
      assert.equal(await stopReasonOf([model], native, true), 'max_steps');
    });
    it('goes on after the tool that ends the turn', async () => {
      const model = response([call('finish', { effect: 'ends' })], { uncalledRequired });
      for (const traits of [native, older]) {
        assert.equal(await stopReasonOf([model], traits), 'continue');
        assert.match((await reasonOf(model, traits)) ?? '', /save, check/);
        assert.equal(await stopReasonOf([model], traits, true), 'max_steps');
      }
    });
    it('goes on though an older kind asks for no heartbeat', async () => {
      const model = response([call('x', { requestHeartbeat: false })], { uncalledRequired });
      assert.equal(await stopReasonOf([model], older), 'continue');
    });
    it('ends when the last of them is called in this very step', async () => {
      const ends = (uncalled: readonly string[]) =>
        response([call('save'), call('finish', { effect: 'ends' })], { uncalledRequired: uncalled });
      assert.equal(await stopReasonOf([ends(['save'])], native), 'tool_rule');
      assert.equal(await stopReasonOf([ends(['save', 'check'])], native), 'continue');
      assert.equal(await stopReasonOf([response([call('save')], { uncalledRequired: ['save'] })], older), 'end_turn');
    });
    it('does not take a call that was refused for one that ran', async () => {
      const model = response([call('save', { violation: 'no' }), call('finish', { effect: 'ends' })], { uncalledRequired: ['save'] });
      assert.equal(await stopReasonOf([model], native), 'continue');
    });
    it('ends with an answer that the output limit has cut off', async () =>
      assert.equal(await stopReasonOf([response([], { finish: 'length', uncalledRequired })], native), 'max_tokens_exceeded'));
  });

  it('runs parallel calls first and the others in order, then commits', async () => {
    const { ports, log } = world([response([call('one'), call('two', { parallel: true }), call('three')])]);
    await runAgentStep(ports, step(native));
    assert.deepEqual(log, ['model 0', 'tool two', 'tool one', 'tool three', 'persist']);
  });

  it('runs no further call after one was cancelled, and commits what there is', async () => {
    const { ports, log, persisted } = world([response([call('one'), call('two')])], {
      tool: () => ({ status: 'cut-off', cancelled: true }),
    });
    const outcome = await runAgentStep(ports, step(native));
    assert.deepEqual(log, ['model 0', 'tool one', 'persist']);
    assert.deepEqual(outcome, { kind: 'stop', end: { stopReason: 'cancelled', error: null } });
    assert.equal(persisted[0]?.ordinal, 0);
  });

  it('runs no call of a response that was cut off by a cancel, but keeps it', async () => {
    const { ports, log, persisted } = world([response([call('one')], { finish: 'cancelled' })]);
    await runAgentStep(ports, step(native));
    assert.deepEqual(log, ['model 0', 'persist']);
    assert.equal(persisted[0]?.ordinal, 0);
  });

  it('runs no call of a response in which one needs an answer, and says which', async () => {
    const { ports, log, persisted } = world([response([call('free'), call('asked', { needsApproval: true })])]);
    const outcome = await runAgentStep(ports, step(native));
    assert.deepEqual(log, ['model 0', 'persist']);
    assert.deepEqual(persisted[0]?.decision.awaits, [1]);
    assert.equal(outcome.kind === 'stop' && outcome.end.stopReason, 'requires_approval');
  });

  it('compacts an overflowing context and asks again within the same step', async () => {
    const { ports, log, persisted } = world([{ kind: 'context-overflow', isRefused: true }, response([])]);
    const outcome = await runAgentStep(ports, step(native));
    assert.deepEqual(log, ['model 0', 'summarize context_window_exceeded', 'model 1', 'persist']);
    assert.equal(persisted[0]?.ordinal, 1);
    assert.equal(outcome.kind, 'stop');
  });

  it('gives up when nothing is left to compact', async () => {
    const { ports } = world([{ kind: 'context-overflow', isRefused: true }], { summaries: [{ kind: 'nothing-to-compact' }] });
    const outcome = await runAgentStep(ports, step(native));
    assert.equal(outcome.kind === 'stop' && outcome.end.stopReason, 'context_window_overflow_in_system_prompt');
  });

  it('gives up after three compactions that did not help', async () => {
    const { ports, log } = world(Array.from({ length: 9 }, (): ModelOutcome => ({ kind: 'context-overflow', isRefused: true })));
    await runAgentStep(ports, step(native));
    assert.equal(log.filter(entry => entry.startsWith('summarize')).length, 3);
  });

  it('compacts what seems too long before anybody is asked, and asks in any case when nothing can be gained', async () => {
    const tooLong: ModelOutcome = { kind: 'context-overflow', isRefused: false };
    const gained = world([tooLong, tooLong, response([])]);
    await runAgentStep(gained.ports, step(native));
    const passes = ['summarize pre_call_context_check', 'model 1', 'summarize pre_call_context_check pressing', 'model 2'];
    assert.deepEqual(gained.log, ['model 0', ...passes, 'persist']);
    for (const summary of [{ kind: 'nothing-to-compact' }, { kind: 'failed', message: 'no' }] as const) {
      const stuck = world([tooLong, response([])], { summaries: [summary] });
      const outcome = await runAgentStep(stuck.ports, step(native));
      assert.deepEqual(stuck.log, ['model 0', 'summarize pre_call_context_check', 'model 1 in any case', 'persist']);
      assert.equal(outcome.kind === 'stop' && outcome.end.stopReason, 'end_turn');
    }
  });

  it('asks the last time in any case, and ends as a budget wants it', async () => {
    const tooLong: ModelOutcome = { kind: 'context-overflow', isRefused: false };
    const { ports, log } = world([tooLong, tooLong, tooLong, response([])]);
    await runAgentStep(ports, step(native));
    assert.equal(log.at(-2), 'model 3 in any case');
    const end = { stopReason: 'budget_exceeded', error: null } as const;
    const spent = world([tooLong], { summaries: [{ kind: 'failed', message: 'over', end }] });
    const outcome = await runAgentStep(spent.ports, step(native));
    assert.equal(outcome.kind === 'stop' && outcome.end.stopReason, 'budget_exceeded');
  });

  it('goes on with the answer that an earlier execution got after a compaction', async () => {
    const { ports, persisted } = world([response([], { ordinal: 2 })]);
    await runAgentStep(ports, step(native));
    assert.equal(persisted[0]?.ordinal, 2);
  });

  it('compacts after a step that filled the window, when another one follows', async () => {
    const { ports, log } = world([response([call('search')], { overThreshold: true })]);
    await runAgentStep(ports, step(native));
    assert.equal(log.at(-1), 'summarize post_step_context_check');
  });

  it('stops at the boundary when a cancel was asked for meanwhile', async () => {
    const { ports } = world([response([call('search')])], { cancelled: true });
    const outcome = await runAgentStep(ports, step(native));
    assert.equal(outcome.kind === 'stop' && outcome.end.stopReason, 'cancelled');
  });

  it('holds at the boundary while the agent is held, but only where another step would follow', async () => {
    assert.deepEqual(await runAgentStep(world([response([call('search')])], { held: true }).ports, step(native)), { kind: 'held' });
    const ended = await runAgentStep(world([response([])], { held: true }).ports, step(native));
    assert.equal(ended.kind, 'stop');
    const cancelled = await runAgentStep(world([response([call('search')])], { held: true, cancelled: true }).ports, step(native));
    assert.equal(cancelled.kind === 'stop' && cancelled.end.stopReason, 'cancelled');
  });

  it('adds nothing to a run that was settled elsewhere', async () => {
    const { ports, log } = world([{ kind: 'run-closed' }]);
    await runAgentStep(ports, step(native));
    assert.deepEqual(log, ['model 0']);
  });
});
