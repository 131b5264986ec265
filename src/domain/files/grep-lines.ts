import type { GrepMatch } from './grep-results.js';

export interface GrepPage {
  /** Matches that are passed over. */
  readonly offset: number;
  readonly size: number;
  readonly contextLines: number;
  /** Matches that are counted. */
  readonly most: number;
}

export interface LineGrep {
  /** The next lines of a file. False = enough was found. */
  readonly take: (fileName: string, firstLine: number, lines: readonly string[]) => boolean;
  /** What follows belongs to another file. */
  readonly endFile: () => void;
  readonly found: () => { readonly page: readonly GrepMatch[]; readonly total: number; readonly counts: ReadonlyMap<string, number> };
}

interface OpenMatch extends GrepMatch {
  readonly around: { readonly line: number; readonly text: string }[];
}

/** Goes through the lines of files that come in stretches, and keeps no more of them than one page of matches shows. */
export function createLineGrep(fits: (line: string) => boolean, { offset, size, contextLines, most }: GrepPage): LineGrep {
  const page: OpenMatch[] = [];
  const counts = new Map<string, number>();
  let total = 0;
  let before: { readonly line: number; readonly text: string }[] = [];
  /** Matches of the page whose following lines are still to come. */
  let waiting: OpenMatch[] = [];
  const step = (fileName: string, line: number, text: string): void => {
    const entry = { line, text };
    for (const match of waiting) match.around.push(entry);
    waiting = waiting.filter(match => line - match.line < contextLines);
    if (total < most && fits(text)) {
      total += 1;
      counts.set(fileName, (counts.get(fileName) ?? 0) + 1);
      if (total > offset && page.length < size) {
        const match = { fileName, line, around: [...before, entry] };
        page.push(match);
        if (contextLines > 0) waiting.push(match);
      }
    }
    if (contextLines > 0) before = [...before, entry].slice(-contextLines);
  };
  return {
    take(fileName, firstLine, lines) {
      for (const [index, text] of lines.entries()) {
        if (total >= most && waiting.length === 0) return false;
        step(fileName, firstLine + index, text);
      }
      return total < most || waiting.length > 0;
    },
    endFile() {
      before = [];
      waiting = [];
    },
    found: () => ({ page, total, counts }),
  };
}
