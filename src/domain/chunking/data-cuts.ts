import type { Cuts } from './chunk-text.js';

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const newline = 0x0a;
const opening: readonly number[] = [0x7b, 0x5b];
const closing: readonly number[] = [0x7d, 0x5d];

/**
 * JSON between the elements of the outermost object or list that has several: it is read sign by sign, so what is broken, or nested as deep as it is long,
 * costs no more.
 */
export const jsonCuts: Cuts = (text, { start, end }) => {
  let depth = 0;
  let outermost = Number.POSITIVE_INFINITY;
  let places: number[] = [];
  let isString = false;
  for (let at = start; at < end; at += 1) {
    const unit = text.charCodeAt(at);
    if (isString) {
      if (unit === backslash) at += 1;
      else if (unit === quote) isString = false;
    } else if (unit === quote) {
      isString = true;
    } else if (opening.includes(unit)) {
      depth += 1;
    } else if (closing.includes(unit)) {
      depth -= 1;
    } else if (unit === comma && depth <= outermost && at + 1 < end) {
      if (depth < outermost) places = [];
      outermost = depth;
      places.push(at + 1);
    }
  }
  return places;
};

/** CSV between its records: a line break within quotes belongs to a field. */
export const recordCuts: Cuts = (text, { start, end }) => {
  const places: number[] = [];
  let isQuoted = false;
  for (let at = start; at < end; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === quote) isQuoted = !isQuoted;
    else if (unit === newline && !isQuoted && at + 1 < end) places.push(at + 1);
  }
  return places;
};
