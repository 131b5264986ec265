type Place = 'start' | 'key_or_end' | 'key' | 'colon' | 'value' | 'string' | 'raw' | 'comma_or_end' | 'passthrough';

/** How far a JSON object has been read that arrives in pieces. One member of it is looked for. */
export interface MemberReader {
  readonly member: string;
  readonly place: Place;
  /** Raw text of the key that is being read or was read last, without its quotes. */
  readonly key: string;
  /** An escape sequence whose end has not arrived, in a key or in the wanted string. */
  readonly escape: string;
  /** First half of a surrogate pair: it is held until the second arrives, since neither can be stored alone. */
  readonly high: string;
  readonly depth: number;
  readonly isQuoted: boolean;
  readonly isTarget: boolean;
  readonly wasFound: boolean;
  readonly hasRest: boolean;
}

export interface MemberPiece {
  readonly reader: MemberReader;
  /** What the piece adds to the member's value: decoded for a string, JSON text for anything else. */
  readonly text: string;
  /** What the piece adds to the JSON text of the object without that member. */
  readonly rest: string;
}

/** Mutable copy of a reader for the length of one piece. */
type Draft = { -readonly [K in keyof MemberReader]: MemberReader[K] } & { text: string; rest: string };

/** Starts to read an object for its top-level member of this name; only the first one of the name counts. */
export function readMember(member: string): MemberReader {
  return {
    member,
    place: 'start',
    key: '',
    escape: '',
    high: '',
    depth: 0,
    isQuoted: false,
    isTarget: false,
    wasFound: false,
    hasRest: false,
  };
}

/** Reads on. Text that is no JSON object, or stands behind its end, goes to the rest as it is. */
export function feedMember(reader: MemberReader, piece: string): MemberPiece {
  const draft: Draft = { ...reader, text: '', rest: '' };
  for (let i = 0; i < piece.length; i++) step(draft, piece.charAt(i));
  const { text, rest, ...next } = draft;
  return { reader: next, text, rest };
}

function step(draft: Draft, char: string): void {
  switch (draft.place) {
    case 'passthrough':
      draft.rest += char;
      return;
    case 'key':
      return stepKey(draft, char);
    case 'string':
      return stepString(draft, char);
    case 'raw':
      return stepRaw(draft, char);
    default:
      if (!isSpace(char)) stepBetween(draft, char);
  }
}

function stepBetween(draft: Draft, char: string): void {
  if (draft.place === 'start') {
    draft.rest += char;
    draft.place = char === '{' ? 'key_or_end' : 'passthrough';
  } else if (draft.place === 'value') startValue(draft, char);
  else if (draft.place === 'colon') draft.place = 'value';
  else if (char === '}') {
    draft.rest += char;
    draft.place = 'passthrough';
  } else if (char === '"') {
    draft.key = '';
    draft.place = 'key';
  } else draft.place = 'key_or_end';
}

function stepKey(draft: Draft, char: string): void {
  if (draft.escape !== '') draft.escape = '';
  else if (char === '\\') draft.escape = char;
  else if (char === '"') {
    draft.isTarget = !draft.wasFound && draft.key === draft.member;
    draft.wasFound ||= draft.isTarget;
    if (!draft.isTarget) {
      draft.rest += `${draft.hasRest ? ',' : ''}"${draft.key}":`;
      draft.hasRest = true;
    }
    draft.place = 'colon';
    return;
  }
  draft.key += char;
}

function startValue(draft: Draft, char: string): void {
  if (draft.isTarget && char === '"') {
    draft.place = 'string';
    return;
  }
  draft.depth = 0;
  draft.isQuoted = false;
  draft.place = 'raw';
  stepRaw(draft, char);
}

/** A value that is passed on as it is: it ends before the comma or brace that belongs to the object. */
function stepRaw(draft: Draft, char: string): void {
  if (draft.isQuoted) {
    if (draft.escape !== '') draft.escape = '';
    else if (char === '\\') draft.escape = char;
    else if (char === '"') draft.isQuoted = false;
  } else if (draft.depth === 0 && (char === ',' || char === '}')) {
    draft.place = 'comma_or_end';
    stepBetween(draft, char);
    return;
  } else if (char === '"') draft.isQuoted = true;
  else if (char === '{' || char === '[') draft.depth++;
  else if (char === '}' || char === ']') draft.depth--;
  if (draft.isTarget) draft.text += char;
  else draft.rest += char;
}

const simpleEscapes: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

function stepString(draft: Draft, char: string): void {
  if (draft.escape === '') {
    if (char === '\\') draft.escape = char;
    else if (char === '"') {
      if (draft.high !== '') draft.text += '\ufffd';
      draft.high = '';
      draft.place = 'comma_or_end';
    } else emit(draft, char);
    return;
  }
  draft.escape += char;
  const kind = draft.escape.charAt(1);
  if (kind === 'u' && draft.escape.length < 6) return;
  const code = Number.parseInt(draft.escape.slice(2), 16);
  const decoded = kind === 'u' ? String.fromCharCode(Number.isNaN(code) ? 0xfffd : code) : (simpleEscapes[kind] ?? kind);
  draft.escape = '';
  emit(draft, decoded);
}

function emit(draft: Draft, unit: string): void {
  const code = unit.charCodeAt(0);
  const isLow = code >= 0xdc00 && code <= 0xdfff;
  if (draft.high !== '') {
    draft.text += isLow ? draft.high + unit : '\ufffd';
    draft.high = '';
    if (isLow) return;
  }
  if (code >= 0xd800 && code <= 0xdbff) draft.high = unit;
  else draft.text += isLow ? '\ufffd' : unit;
}

function isSpace(char: string): boolean {
  return char === ' ' || char === '\n' || char === '\r' || char === '\t';
}
