import type { CompactionSettingsBody } from '../../../contract/model-config.contract.js';
import { mergeCompactionSettings } from '../../../domain/context-window/compaction-settings.js';
import type { CompactionChanges, CompactionSettings } from '../../../domain/context-window/compaction-settings.js';
import { settingsChanges } from './agent-model.js';

/** On top of the agent's own. Null = the request does not say. */
export function toCompactionSettings(
  current: CompactionSettings | null,
  body: CompactionSettingsBody | null | undefined,
): CompactionSettings | null {
  return body == null ? null : mergeCompactionSettings(current, toCompactionChanges(body));
}

export function toCompactionChanges(body: CompactionSettingsBody): CompactionChanges {
  const { mode, model, model_settings: settings, prompt, clip_chars: clipChars } = body;
  return {
    ...(mode === undefined ? {} : { mode }),
    ...(model === undefined ? {} : { model }),
    ...(settings === undefined ? {} : { modelSettings: settings, configChanges: settings === null ? null : settingsChanges(settings) }),
    ...(prompt === undefined ? {} : { prompt }),
    ...(body.prompt_acknowledgement === undefined ? {} : { promptAcknowledgement: body.prompt_acknowledgement }),
    ...(clipChars === undefined ? {} : { clipChars }),
    ...(body.sliding_window_percentage === undefined ? {} : { slidingWindowPercentage: body.sliding_window_percentage }),
  };
}
