import type { Environment } from './settings.js';

/** The process's environment. Nothing else reads it. */
export function environment(): Environment {
  return process.env;
}
