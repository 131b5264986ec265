import { characterCuts } from './text-cuts.js';

/** A piece of a text that is searched as a whole; `start` and `end` are its place there, in UTF-16 units. */
export interface Chunk {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The places within a span of the text where it may be cut, in ascending order; none where this way of cutting finds nothing. */
export type Cuts = (text: string, span: Span) => readonly number[];

/** How a kind of text is cut: from what belongs together most to what does least. */
export interface Chunker {
  readonly cuts: readonly Cuts[];
  /** Where what a chunk repeats of the one before it may begin; null where nothing is repeated, since every chunk means something by itself. */
  readonly overlapCuts: readonly Cuts[] | null;
}

export interface ChunkLimits {
  readonly maxTokens: number;
  /** Of the chunk before, at the most. */
  readonly overlapTokens: number;
  readonly countTokens: (text: string) => number;
}

interface Piece extends Span {
  readonly tokens: number;
}

/**
 * Cuts a text into chunks of at most `maxTokens`: neighbours that fit are kept together, and only what does not fit by itself is cut in a finer way. Nothing
 * but white space is left out. The work grows with the length of the text and no faster, whatever stands in it.
 */
export function chunkText(text: string, chunker: Chunker, limits: ChunkLimits): Chunk[] {
  const cuts = [...chunker.cuts, characterCuts(limits.maxTokens)];
  const groups = divide({ text, limits, cuts, overlaps: chunker.overlapCuts !== null }, { start: 0, end: text.length }, 0, 0);
  const chunks: Chunk[] = [];
  let before: Piece | null = null;
  for (const group of groups) {
    const start: number = before === null ? group.start : overlapStart(text, chunker, limits, before, group);
    const chunk = trimmed(text, { start, end: group.end }, chunker);
    if (chunk.text !== '') chunks.push(chunk);
    before = group;
  }
  return chunks;
}

interface Division {
  readonly text: string;
  readonly limits: ChunkLimits;
  readonly cuts: readonly Cuts[];
  readonly overlaps: boolean;
}

/** The same way of cutting is used within its own pieces so often; a text can be nested as deep as it is long. */
const deepestNesting = 24;

function divide(division: Division, span: Span, level: number, depth: number): Piece[] {
  const { text, limits, cuts } = division;
  const tokens = tokensOf(text, limits, span);
  const cut = cuts[level];
  if (tokens <= limits.maxTokens || cut === undefined) return [{ ...span, tokens }];
  const places = depth === deepestNesting ? [] : cut(text, span);
  if (places.length === 0) return divide(division, span, level + 1, 0);
  const groups: Piece[] = [];
  // What is put together leaves room for what it repeats.
  const room = limits.maxTokens - (division.overlaps ? limits.overlapTokens : 0);
  let open: Piece | null = null;
  for (const part of spansBetween(span, places)) {
    const piece: Piece = { ...part, tokens: tokensOf(text, limits, part) };
    if (piece.tokens > limits.maxTokens) {
      if (open !== null) groups.push(open);
      open = null;
      for (const smaller of divide(division, part, level, depth + 1)) groups.push(smaller);
    } else if (open !== null && open.tokens + piece.tokens <= room) {
      open = { start: open.start, end: piece.end, tokens: open.tokens + piece.tokens };
    } else {
      if (open !== null) groups.push(open);
      open = piece;
    }
  }
  if (open !== null) groups.push(open);
  return groups;
}

function spansBetween({ start, end }: Span, places: readonly number[]): Span[] {
  const edges = [start, ...places, end];
  return places.map((_, index) => edgeSpan(edges, index)).concat(edgeSpan(edges, places.length));
}

function edgeSpan(edges: readonly number[], index: number): Span {
  return { start: edges[index] ?? 0, end: edges[index + 1] ?? 0 };
}

/** Few tokens are longer: a text of more characters has too many without being counted, or is put together again from its pieces. */
const longestToken = 8;

function tokensOf(text: string, { maxTokens, countTokens }: ChunkLimits, { start, end }: Span): number {
  if (end - start > maxTokens * longestToken) return Number.POSITIVE_INFINITY;
  return countTokens(text.slice(start, end));
}

/** Where a chunk begins that repeats the end of the one before, if both together are not too long. */
function overlapStart(text: string, { overlapCuts }: Chunker, limits: ChunkLimits, before: Piece, group: Piece): number {
  if (overlapCuts === null || before.end !== group.start) return group.start;
  const allowed = Math.min(limits.overlapTokens, limits.maxTokens - group.tokens);
  if (allowed <= 0) return group.start;
  const tail = { start: Math.max(before.start, before.end - allowed * longestToken), end: before.end };
  for (const cut of overlapCuts) {
    const place = furthest(text, limits, cut(text, tail), tail.end, allowed);
    if (place !== null) return place;
  }
  return group.start;
}

/** The first of the places from which no more than so many tokens lead to the end. What is before it is never repeated, so that no chunk is repeated whole. */
function furthest(text: string, { countTokens }: ChunkLimits, places: readonly number[], end: number, allowed: number): number | null {
  let reached: number | null = null;
  let tokens = 0;
  for (const place of places.toReversed()) {
    tokens += countTokens(text.slice(place, reached ?? end));
    if (tokens > allowed) break;
    reached = place;
  }
  return reached;
}

/** Without the white space around it; where every line means something by itself, the first one keeps its indentation. */
function trimmed(text: string, { start, end }: Span, { overlapCuts }: Chunker): Chunk {
  const piece = text.slice(start, end).trimEnd();
  const body = overlapCuts === null ? piece.slice(/^(?:[^\S\n]*\n)*/.exec(piece)?.[0].length ?? 0) : piece.trimStart();
  return { text: body, start: start + piece.length - body.length, end: start + piece.length };
}
