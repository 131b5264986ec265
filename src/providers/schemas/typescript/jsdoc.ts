/** What a comment before a function says. */
export interface JsDoc {
  /** Null = nothing. */
  readonly description: string | null;
  /** By name: `@param {type} name - description`. */
  readonly parameters: ReadonlyMap<
    string,
    { readonly type: string | null; readonly isOptional: boolean; readonly description: string | null }
  >;
}

export const noJsDoc: JsDoc = { description: null, parameters: new Map() };

const parameterLine = /^@(?:param|arg|argument)\s+(?:\{([^}]*)\}\s*)?(\[?)([\w$]+)(?:=[^\]]*)?\]?\s*(?:-\s*)?([^]*)$/;

export function readJsDoc(comment: string): JsDoc {
  if (!comment.startsWith('/**')) return noJsDoc;
  const lines = comment
    .slice(3, -2)
    .split(/\r?\n/)
    .map(line => line.replace(/^\s*\*?\s?/, '').trim());
  const tags: string[] = [];
  const text: string[] = [];
  for (const line of lines) {
    if (line.startsWith('@')) tags.push(line);
    else if (tags.length > 0) tags.push(`${tags.pop() ?? ''} ${line}`.trim());
    else text.push(line);
  }
  const description = text.filter(line => line !== '').join(' ');
  return { description: description === '' ? null : description, parameters: new Map(tags.flatMap(readParameter)) };
}

function readParameter(tag: string): [string, { type: string | null; isOptional: boolean; description: string | null }][] {
  const [, type, bracket, name, description] = parameterLine.exec(tag) ?? [];
  if (name === undefined) return [];
  const isOptional = bracket === '[' || type?.endsWith('=') === true;
  return [
    [
      name,
      {
        type: type?.replace(/=$/, '') ?? null,
        isOptional,
        description: description === undefined || description === '' ? null : description,
      },
    ],
  ];
}
