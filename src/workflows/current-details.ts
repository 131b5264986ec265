import { setCurrentDetails } from '@temporalio/workflow';
import type { RunEnd, RunWork, StepInput } from '../domain/agent-loop/loop-types.js';
import { statusForStopReason } from '../domain/agent-loop/stop-reason.js';
import type { StepActivity } from './step-activity.js';

/** What a workflow is doing, in Markdown, for people who look at it in Temporal's UI. Ids, names and times only: no content. */

export interface RunDetails {
  stepStarted(number: number): void;
  doing(activity: StepActivity): void;
  /** Another run was accepted meanwhile. */
  accepted(acceptNo: number): void;
  /** The agent is paused or sleeps. */
  heldBack(): void;
  ended(end: RunEnd): void;
}

export function showRun({ runId, modelHandle, maxSteps, stepsDone, queue }: RunWork): RunDetails {
  const run = `\`${runId}\` with ${modelHandle}`;
  const began = now();
  let step = stepsDone;
  let activity: StepActivity | null = null;
  let since = began;
  let waiting = queue.length;
  const place = (): string => (step === 0 ? 'Calls that were allowed' : `Step ${step} of ${maxSteps}`);
  const show = (): void => {
    setCurrentDetails(
      [
        `**Running** ${run} since ${began}`,
        ...(activity === null ? [] : [`${place()}: ${describe(activity)} since ${since}`]),
        ...(waiting === 0 ? [] : [`${waiting} more queued`]),
      ].join('\n\n'),
    );
  };
  show();
  return {
    stepStarted(number) {
      [step, activity, since] = [number, modelActivity, now()];
      show();
    },
    doing(next) {
      [activity, since] = [next, now()];
      show();
    },
    accepted(acceptNo) {
      if (acceptNo <= queue.lastAcceptNo) return;
      waiting += 1;
      show();
    },
    heldBack() {
      setCurrentDetails(`**Held** ${run} after step ${step}, since ${now()}: the agent is paused or sleeps`);
    },
    ended({ stopReason }) {
      const status = statusForStopReason(stopReason);
      setCurrentDetails(`**Ended** ${run}: ${status} (${stopReason}) in step ${step}, from ${began} to ${now()}`);
    },
  };
}

export function showStep(
  { runId, number, modelHandle }: Pick<StepInput, 'runId' | 'number' | 'modelHandle'>,
  activity: StepActivity,
): void {
  setCurrentDetails(`Step ${number} of \`${runId}\` with ${modelHandle}\n\n${describe(activity)} since ${now()}`);
}

const modelActivity: StepActivity = { kind: 'model' };

function describe(activity: StepActivity): string {
  switch (activity.kind) {
    case 'model':
      return 'asking the model';
    case 'compaction':
      return 'compacting the context';
    case 'tools':
      return `running ${activity.names.map(name => `\`${name}\``).join(', ')}`;
  }
}

/** A workflow's own clock: a replay shows the same. */
function now(): string {
  return new Date()
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC');
}
