import type { TextKind } from '../files/document-kind.js';
import type { Chunker, Cuts } from './chunk-text.js';
import { codeCuts } from './code-cuts.js';
import { jsonCuts, recordCuts } from './data-cuts.js';
import { markdownBlockCuts, sectionCuts } from './markdown-cuts.js';
import { clauseCuts, lineCuts, paragraphCuts, sentenceCuts, wordCuts } from './text-cuts.js';

const proseCuts: readonly Cuts[] = [paragraphCuts, sentenceCuts, lineCuts, clauseCuts, wordCuts];
const overlapCuts: readonly Cuts[] = [sentenceCuts, clauseCuts, wordCuts];

/** How each kind of text is cut. */
export const chunkers: Readonly<Record<TextKind, Chunker>> = {
  text: { cuts: proseCuts, overlapCuts },
  markdown: { cuts: [sectionCuts, markdownBlockCuts, ...proseCuts], overlapCuts },
  code: { cuts: [codeCuts, lineCuts, clauseCuts, wordCuts], overlapCuts: null },
  json: { cuts: [jsonCuts, lineCuts, sentenceCuts, wordCuts], overlapCuts: null },
  csv: { cuts: [recordCuts, lineCuts, clauseCuts, wordCuts], overlapCuts: null },
  lines: { cuts: [lineCuts, sentenceCuts, clauseCuts, wordCuts], overlapCuts: null },
};

/** V1's, within half of a chunk. */
export const standardOverlapTokens = 50;

/** What V1 falls back to when something about its chunks was refused. */
export const conservativeLimits = { maxTokens: 384, overlapTokens: 25 } as const;
