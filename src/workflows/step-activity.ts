import { CancellationScope, getExternalWorkflowHandle, log, workflowInfo } from '@temporalio/workflow';
import type { CallFacts } from '../domain/agent-loop/loop-types.js';
import { stepActivitySignal } from './messages.js';

/** What a step is busy with, for people who look on. */
export type StepActivity =
  { readonly kind: 'model' } | { readonly kind: 'compaction' } | { readonly kind: 'tools'; readonly names: readonly string[] };

export interface StepReporter {
  /** Tells of the work and, when the tool ends, of what is left of it. */
  during<Result>(work: 'model' | 'compaction' | CallFacts, act: () => Promise<Result>): Promise<Result>;
}

/** Calls `onChange` with what a step is busy with from now on; tools that only touch the database are over before anybody has read of them. */
export function createStepReporter(onChange: (activity: StepActivity) => void): StepReporter {
  const running: string[] = [];
  return {
    async during(work, act) {
      if (typeof work === 'string') {
        onChange({ kind: work });
        return act();
      }
      if (work.execution === 'database') return act();
      running.push(work.toolName);
      onChange({ kind: 'tools', names: [...running] });
      try {
        return await act();
      } finally {
        running.splice(running.indexOf(work.toolName), 1);
        if (running.length > 0) onChange({ kind: 'tools', names: [...running] });
      }
    },
  };
}

export interface ParentReporter {
  tell(activity: StepActivity): void;
  /** Resolves when all that was told has arrived. */
  arrived(): Promise<void>;
}

/** Tells the conversation of a step that is its child. One signal for what begins at the same moment; none when there is no parent. */
export function createParentReporter(): ParentReporter {
  const { parent } = workflowInfo();
  let next: StepActivity | null = null;
  let sent = Promise.resolve();
  const send = async (): Promise<void> => {
    await Promise.resolve();
    if (next === null || parent === undefined) return;
    const activity = next;
    next = null;
    try {
      await CancellationScope.nonCancellable(() =>
        getExternalWorkflowHandle(parent.workflowId, parent.runId).signal(stepActivitySignal, activity),
      );
    } catch (error) {
      // It has ended, and this step with it: there is nobody left who looks on.
      log.debug('the conversation was not told what its step does', { error });
    }
  };
  return {
    tell(activity) {
      next = activity;
      const told = send();
      sent = sent.then(() => told);
    },
    arrived: () => sent,
  };
}
