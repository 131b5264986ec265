import assert from 'node:assert/strict';
import type {
  AnswerWork,
  CallFacts,
  LoopTraits,
  PersistAnswerInput,
  StepInput,
  ToolCallInput,
} from '../../../src/domain/agent-loop/loop-types.js';
import { runAnsweredCalls } from '../../../src/domain/agent-loop/run-answered-calls.js';

const native: LoopTraits = { heartbeats: false };
const older: LoopTraits = { heartbeats: true };

function call(toolName: string, index: number, requestHeartbeat: boolean | null = null): CallFacts {
  return {
    index,
    toolName,
    execution: 'database',
    retryClass: 'always',
    timeoutMs: 1000,
    parallel: false,
    requestHeartbeat,
    effect: toolName === 'finish' ? 'ends' : 'none',
    violation: null,
    invalidPrefill: null,
    needsApproval: true,
  };
}

function input(traits: LoopTraits): StepInput {
  return {
    runId: 'run-2',
    agentId: 'agent-1',
    conversationId: 'conv-1',
    number: 0,
    isLast: false,
    isolation: 'inline',
    traits,
    timeouts: { modelCallMs: 1, heartbeatMs: 1, tools: { startMs: 1, endMs: 1, attempts: 1 } },
    modelHandle: 'm',
  };
}

async function carryOut(traits: LoopTraits, work: AnswerWork, cancelledCalls = false) {
  const ran: ToolCallInput[] = [];
  const persisted: PersistAnswerInput[] = [];
  const outcome = await runAnsweredCalls(
    {
      openAnswer: () => Promise.resolve(work),
      runToolCall: async toolCall => {
        ran.push(toolCall);
        const { index, toolName } = toolCall.call;
        return Promise.resolve({ index, toolName, status: 'success', cancelled: cancelledCalls });
      },
      persistAnswer: async answer => {
        persisted.push(answer);
        return Promise.resolve({ cancelRequested: false, held: false, runOpen: true });
      },
    },
    input(traits),
  );
  return { ran, decision: persisted[0]?.decision, outcome };
}

const open = {
  kind: 'open',
  origin: { runId: 'run-1', stepNumber: 3 },
  ordinal: 1,
  hasOthers: false,
  uncalledRequired: [],
  cancelRequested: false,
} as const;

describe('runAnsweredCalls', () => {
  it('runs what was allowed under the identity of the step that asked, and goes on', async () => {
    const { ran, outcome } = await carryOut(native, { ...open, calls: [call('a', 0), call('b', 2)] });
    assert.deepEqual(
      ran.map(({ runId, stepNumber, ordinal, origin, call: { index } }) => ({ runId, stepNumber, ordinal, origin, index })),
      [0, 2].map(index => ({ runId: 'run-2', stepNumber: 3, ordinal: 1, origin: { runId: 'run-1', stepNumber: 3 }, index })),
    );
    assert.equal(outcome.kind, 'continue');
  });

  it('goes on when everything was denied, the older types with a heartbeat', async () => {
    const denied = { ...open, calls: [], hasOthers: true };
    assert.equal((await carryOut(native, denied)).decision?.heartbeatReason, null);
    const { decision, outcome } = await carryOut(older, denied);
    assert.match(decision?.heartbeatReason ?? '', /answered/);
    assert.equal(outcome.kind, 'continue');
  });

  it('ends the run when an allowed tool ends it, or when the older types did not ask for more', async () => {
    const exit = await carryOut(native, { ...open, calls: [call('finish', 0)], hasOthers: true });
    assert.equal(exit.decision?.end?.stopReason, 'tool_rule');
    const quiet = await carryOut(older, { ...open, calls: [call('search', 0, false)] });
    assert.equal(quiet.decision?.end?.stopReason, 'end_turn');
  });

  it('goes on after an allowed tool that ends the turn while another one has still to be called', async () => {
    const calls = [call('finish', 0)];
    const { decision } = await carryOut(native, { ...open, calls, uncalledRequired: ['save'] });
    assert.match(decision?.heartbeatReason ?? '', /save/);
    const done = await carryOut(native, { ...open, calls, uncalledRequired: ['finish'] });
    assert.equal(done.decision?.end?.stopReason, 'tool_rule');
  });

  it('runs nothing when a cancel came first, and commits that', async () => {
    const { ran, decision } = await carryOut(native, { ...open, calls: [call('a', 0)], cancelRequested: true });
    assert.equal(ran.length, 0);
    assert.equal(decision?.end?.stopReason, 'cancelled');
  });

  it('stops when a call was cancelled', async () => {
    const { ran, decision } = await carryOut(native, { ...open, calls: [call('a', 0), call('b', 1)] }, true);
    assert.equal(ran.length, 1);
    assert.equal(decision?.end?.stopReason, 'cancelled');
  });

  it('does nothing when the calls have their returns already', async () => {
    const { ran, decision, outcome } = await carryOut(native, { kind: 'closed' });
    assert.equal(ran.length, 0);
    assert.equal(decision, undefined);
    assert.equal(outcome.kind, 'continue');
  });
});
