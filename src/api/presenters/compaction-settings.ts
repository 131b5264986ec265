import type { CompactionSettings } from '../../domain/context-window/compaction-settings.js';
import { summaryPrompts } from '../../domain/context-window/summary-prompt.js';

/** V1's object, with what holds where the settings do not say. */
export function presentCompactionSettings(settings: CompactionSettings | null, agentModel: string) {
  if (settings === null) return null;
  return {
    model: settings.model ?? agentModel,
    model_settings: settings.modelSettings,
    prompt: settings.prompt ?? summaryPrompts[settings.mode],
    prompt_acknowledgement: settings.promptAcknowledgement,
    clip_chars: settings.clipChars,
    mode: settings.mode,
    sliding_window_percentage: settings.slidingWindowPercentage,
  };
}
