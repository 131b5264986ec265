import { Foundation1764000000000 } from './1764000000000-foundation.js';

/** In order; imported by name so that the build needs no file globs. */
export const migrations = [Foundation1764000000000];
