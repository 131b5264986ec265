/** The life of an agent. Whether it is busy is no state of it: that follows from its runs. */
export const lifecycleStates = ['creating', 'initializing', 'running', 'paused', 'sleeping', 'updating', 'terminated'] as const;
export type LifecycleState = (typeof lifecycleStates)[number];

export const lifecycleCommands = ['pause', 'resume', 'sleep', 'wake', 'terminate'] as const;
export type LifecycleCommand = (typeof lifecycleCommands)[number];

export type LifecycleDecision =
  | { readonly kind: 'change'; readonly to: LifecycleState }
  /** The command was carried out before: a client that repeats it does no harm. */
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'refused'; readonly reason: string };

interface Rule {
  readonly from: readonly LifecycleState[];
  readonly to: LifecycleState;
  readonly done: string;
}

/** Nothing leads out of `terminated`. The states of creation and change last as long as their transaction: only an end may come in between. */
const rules: Readonly<Record<LifecycleCommand, Rule>> = {
  pause: { from: ['running', 'sleeping'], to: 'paused', done: 'paused' },
  resume: { from: ['paused'], to: 'running', done: 'resumed' },
  sleep: { from: ['running'], to: 'sleeping', done: 'put to sleep' },
  wake: { from: ['sleeping'], to: 'running', done: 'woken' },
  terminate: {
    from: lifecycleStates.filter(state => state !== 'terminated'),
    to: 'terminated',
    done: 'terminated',
  },
};

/** What a command does to an agent in this state. */
export function decideLifecycle(state: LifecycleState, command: LifecycleCommand): LifecycleDecision {
  const rule = rules[command];
  // To put a sleeping agent to sleep again sets another time to wake it.
  if (state === rule.to && command !== 'sleep') return { kind: 'unchanged' };
  if (state === rule.to || rule.from.includes(state)) return { kind: 'change', to: rule.to };
  return { kind: 'refused', reason: `it is ${state}, and only an agent that is ${rule.from.join(' or ')} can be ${rule.done}` };
}

/** In these states runs are taken from the queue; a terminated agent's only to be ended. In all others they wait, and a run in its middle stops before its next step. */
export const executingStates: readonly LifecycleState[] = ['running', 'terminated'];
