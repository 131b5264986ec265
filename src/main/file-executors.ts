import { createFileExecutors } from '../activities/tools/file-executors.js';
import type { NamedExecutors } from '../activities/tools/tool-executor.js';
import type { Settings } from '../config/settings.js';
import type { Backend } from './backend.js';

/** The tools on files, within the limits of the settings. */
export function fileExecutors(backend: Backend, settings: Settings): NamedExecutors {
  const { grepTimeoutMs: timeoutMs, grepFileCharacters: fileCharacters, grepTotalCharacters: totalCharacters } = settings;
  return createFileExecutors({ ...backend, grepLimits: { timeoutMs, fileCharacters, totalCharacters } });
}
