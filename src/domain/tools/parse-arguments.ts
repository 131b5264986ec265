export interface ParsedArguments {
  /** What the tool gets. */
  readonly arguments: Readonly<Record<string, unknown>>;
  /** The model's `request_heartbeat`; null = it did not say. */
  readonly requestsHeartbeat: boolean | null;
  /** The model's `thinking`; null = none. */
  readonly thinking: string | null;
  /** True: the text was no JSON object, so the tool gets no arguments at all. */
  readonly isMalformed: boolean;
}

/** Reads the arguments of a tool call as the model wrote them, without those that speak to the loop instead of the tool. */
export function parseArguments(text: string): ParsedArguments {
  const object = readArguments(text);
  if (object === null) return { arguments: {}, requestsHeartbeat: null, thinking: null, isMalformed: text.trim() !== '' };
  const { request_heartbeat: heartbeat, thinking, ...rest } = object;
  return {
    arguments: rest,
    requestsHeartbeat: heartbeat === undefined ? null : isYes(heartbeat),
    thinking: typeof thinking === 'string' && thinking !== '' ? thinking : null,
    isMalformed: false,
  };
}

/** Models write the flag as a word now and then. */
function isYes(value: unknown): boolean {
  return typeof value === 'string' ? value.trim().toLowerCase() === 'true' : Boolean(value);
}

/** The object of a text as models write it; null when there is none. */
export function readArguments(text: string): Record<string, unknown> | null {
  const whole = parseJson(text);
  // Some models encode the arguments twice.
  const value = typeof whole === 'string' ? parseJson(whole) : whole;
  if (isRecord(value)) return value;
  if (value !== undefined) return null;
  // Others write several objects in a row, of which the first counts.
  const first = firstObject(text);
  const parsed = first === null ? undefined : parseJson(first);
  return isRecord(parsed) ? parsed : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The text up to the brace that closes the one it starts with; braces in strings do not count. */
function firstObject(text: string): string | null {
  const start = text.search(/\S/);
  if (text[start] !== '{') return null;
  let depth = 0;
  let isInString = false;
  for (let i = start; i < text.length; i++) {
    const char = text[i];
    if (isInString) {
      if (char === '\\') i++;
      else if (char === '"') isInString = false;
    } else if (char === '"') isInString = true;
    else if (char === '{') depth++;
    else if (char === '}' && --depth === 0) return text.slice(start, i + 1);
  }
  return null;
}
