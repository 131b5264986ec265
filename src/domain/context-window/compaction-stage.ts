import type { CompactionMode } from './compaction-settings.js';

/** A way to get at a summary. `extract` asks no model: it cannot fail. */
export type CompactionStage = CompactionMode | 'extract';

/** What follows where a stage fails. */
const next: Readonly<Record<CompactionMode, CompactionMode | null>> = {
  self_compact_all: 'self_compact_sliding_window',
  self_compact_sliding_window: 'all',
  sliding_window: 'all',
  all: null,
};

export interface StageWishes {
  readonly mode: CompactionMode;
  /** A pass of the same step did not make enough room: everything goes that may. */
  readonly isPressing: boolean;
  /** The agent cannot go on without: in the end its messages are cut down to excerpts. */
  readonly mustSucceed: boolean;
}

/** The stages of one pass, each of which is tried when the one before has failed. */
export function compactionStages({ mode, isPressing, mustSucceed }: StageWishes): readonly CompactionStage[] {
  const stages: CompactionStage[] = [];
  for (let stage: CompactionMode | null = isPressing ? 'all' : mode; stage !== null; stage = next[stage]) stages.push(stage);
  return mustSucceed ? [...stages, 'extract'] : stages;
}

export function evictsAll(stage: CompactionStage): boolean {
  return stage === 'all' || stage === 'self_compact_all' || stage === 'extract';
}

/** The agent's own model writes the summary. */
export function isSelfWritten(stage: CompactionStage): boolean {
  return stage === 'self_compact_all' || stage === 'self_compact_sliding_window';
}
