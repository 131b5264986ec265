import assert from 'node:assert/strict';
import { decideLifecycle, lifecycleCommands, lifecycleStates } from '../../../src/domain/agents/lifecycle.js';
import type { LifecycleCommand, LifecycleState } from '../../../src/domain/agents/lifecycle.js';

/** What each command makes of each state; what is missing is refused. */
const allowed: Readonly<Record<LifecycleCommand, Partial<Record<LifecycleState, LifecycleState>>>> = {
  pause: { running: 'paused', sleeping: 'paused', paused: 'paused' },
  resume: { paused: 'running', running: 'running' },
  sleep: { running: 'sleeping', sleeping: 'sleeping' },
  wake: { sleeping: 'running', running: 'running' },
  terminate: {
    creating: 'terminated',
    initializing: 'terminated',
    running: 'terminated',
    paused: 'terminated',
    sleeping: 'terminated',
    updating: 'terminated',
    terminated: 'terminated',
  },
};

describe('decideLifecycle', () => {
  for (const command of lifecycleCommands) {
    for (const state of lifecycleStates) {
      const to = allowed[command][state];
      it(`${to === undefined ? 'refuses' : `leads to ${to} by`} ${command} when ${state}`, () => {
        const decision = decideLifecycle(state, command);
        if (to === undefined) assert.equal(decision.kind, 'refused');
        else assert.equal(decision.kind === 'change' ? decision.to : decision.kind === 'unchanged' ? state : null, to);
      });
    }
  }

  it('says what the state is and what it would have to be', () => {
    const decision = decideLifecycle('terminated', 'pause');
    assert.deepEqual(decision, {
      kind: 'refused',
      reason: 'it is terminated, and only an agent that is running or sleeping can be paused',
    });
  });
});
