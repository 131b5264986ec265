/** How what a tool did is undone: by a call of another one. */
export interface ToolUndo {
  readonly toolName: string;
  /** JSON whose texts may hold `{{ arguments.… }}` and `{{ result.… }}` of the call that is undone. */
  readonly arguments: Readonly<Record<string, unknown>>;
  /** Also when the run is cancelled, not only when it is rolled back. */
  readonly onCancel: boolean;
}

export interface UndoneCall {
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly result: unknown;
}

/** What a template asks for is not there. */
export class UndoArgumentError extends Error {
  override readonly name = 'UndoArgumentError';
}

const placeholder = /\{\{\s*(arguments|result)((?:\.[A-Za-z0-9_-]+)*)\s*\}\}/g;
const wholePlaceholder = new RegExp(`^${placeholder.source}$`);

/** The arguments of the undoing call. A text that is one placeholder becomes the value itself. Throws UndoArgumentError. */
export function undoArguments(template: ToolUndo['arguments'], call: UndoneCall): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(template).map(([name, value]) => [name, fill(value, call)]));
}

function fill(value: unknown, call: UndoneCall): unknown {
  if (typeof value === 'string') return fillText(value, call);
  if (Array.isArray(value)) return value.map(item => fill(item, call));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, fill(member, call)]));
}

function fillText(text: string, call: UndoneCall): unknown {
  const whole = wholePlaceholder.exec(text);
  if (whole !== null) return valueAt(call, whole[1] ?? '', whole[2] ?? '');
  return text.replace(placeholder, (_found, root: string, path: string) => {
    const value = valueAt(call, root, path);
    return typeof value === 'string' ? value : JSON.stringify(value);
  });
}

function valueAt(call: UndoneCall, root: string, path: string): unknown {
  const value = memberAt(root === 'result' ? call.result : call.arguments, path.split('.').slice(1));
  if (value === undefined) throw new UndoArgumentError(`The call that is to be undone has no ${root}${path}`);
  return value;
}

function memberAt(value: unknown, path: readonly string[]): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return memberAt((value as Readonly<Record<string, unknown>>)[name], rest);
}
