import type { ModelConfig } from '../model/model-config.js';

/** How an agent's context is compacted; stored in `agents.compaction_settings`. */
export interface CompactionSettings {
  readonly mode: CompactionMode;
  /** Handle of the model that summarizes. The agent's own where it is null, or where no provider serves it. */
  readonly model: string | null;
  /** As the request wrote them, and what they change in the model's config. */
  readonly modelSettings: Readonly<Record<string, unknown>> | null;
  readonly configChanges: Partial<ModelConfig> | null;
  /** Null = that of the mode. */
  readonly prompt: string | null;
  /** Whether the summarizer seems to have agreed to its prompt already. */
  readonly promptAcknowledgement: boolean;
  /** Characters of a summary; null for no limit. */
  readonly clipChars: number | null;
  /** The share of messages that the first try evicts; the rest has to fit into the same share less of the window. */
  readonly slidingWindowPercentage: number;
}

/** V1's modes. With `self_…` the agent itself writes the summary, as the next message of the conversation that it sees. */
export const compactionModes = ['all', 'sliding_window', 'self_compact_all', 'self_compact_sliding_window'] as const;
export type CompactionMode = (typeof compactionModes)[number];

/** What a request says; the rest stays as it is. */
export type CompactionChanges = Partial<CompactionSettings>;

export const defaultCompactionSettings: CompactionSettings = {
  mode: 'sliding_window',
  model: null,
  modelSettings: null,
  configChanges: null,
  prompt: null,
  promptAcknowledgement: false,
  clipChars: 50_000,
  slidingWindowPercentage: 0.3,
};

/** A prompt belongs to its mode: another mode without a prompt gets its own. */
export function mergeCompactionSettings(current: CompactionSettings | null, changes: CompactionChanges | null): CompactionSettings {
  const base = current ?? defaultCompactionSettings;
  if (changes === null) return base;
  const leavesMode = changes.mode !== undefined && changes.mode !== base.mode;
  return { ...base, ...(leavesMode ? { prompt: null } : {}), ...changes };
}
