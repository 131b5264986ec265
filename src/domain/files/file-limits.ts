/** How much of its files an agent sees. */
export interface FileLimits {
  /** Files that are open at once at most. */
  readonly mostOpen: number;
  /** Characters of each that are shown at most. */
  readonly viewCharacters: number;
}

export interface OwnFileLimits {
  readonly maxFilesOpen: number | null;
  readonly perFileViewWindowCharLimit: number | null;
}

/** An agent's own limits, and V1's by the size of its window, in tokens, where it has none. */
export function fileLimits(own: OwnFileLimits, contextWindow: number): FileLimits {
  const standard = standardLimits(contextWindow);
  return {
    mostOpen: own.maxFilesOpen ?? standard.mostOpen,
    viewCharacters: own.perFileViewWindowCharLimit ?? standard.viewCharacters,
  };
}

function standardLimits(contextWindow: number): FileLimits {
  if (contextWindow <= 8000) return { mostOpen: 3, viewCharacters: 5000 };
  if (contextWindow <= 32_000) return { mostOpen: 5, viewCharacters: 15_000 };
  if (contextWindow <= 128_000) return { mostOpen: 10, viewCharacters: 25_000 };
  if (contextWindow <= 200_000) return { mostOpen: 10, viewCharacters: 40_000 };
  return { mostOpen: 15, viewCharacters: 40_000 };
}
