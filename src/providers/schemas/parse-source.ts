import type { Parser, SyntaxNode, Tree } from '@lezer/common';
import { SchemaFailure } from '../../domain/tools/schema-generator.js';

export interface ParseLimits {
  /** Characters. */
  readonly sourceLength: number;
  /** In ms. */
  readonly timeMs: number;
}

/** How long the parser may hold the process at once, in ms. */
const sliceMs = 10;

/** Parses a source a slice at a time, so that nobody else waits for it, and no longer than it may take: some texts are hard to read on purpose. */
export async function parseSource(parser: Parser, code: string, limits: ParseLimits): Promise<Tree> {
  if (code.length > limits.sourceLength)
    throw new SchemaFailure(`the source is longer than ${limits.sourceLength} characters (PERDURA_TOOL_SOURCE_LIMIT)`);
  const parse = parser.startParse(code);
  let used = 0;
  for (;;) {
    const began = performance.now();
    while (performance.now() - began < sliceMs) {
      const tree = parse.advance();
      if (tree !== null) return tree;
    }
    used += performance.now() - began;
    if (used > limits.timeMs) throw new SchemaFailure('the source is too entangled to be read');
    await new Promise(resolve => setImmediate(resolve));
  }
}

/** The first place that is no code of the language, where `isForgiven` does not know better. */
export function findError(tree: Tree, isForgiven: (node: SyntaxNode) => boolean = () => false): SyntaxNode | null {
  const cursor = tree.cursor();
  do {
    if (cursor.type.isError && !isForgiven(cursor.node)) return cursor.node;
  } while (cursor.next());
  return null;
}

export function lineOf(code: string, position: number): number {
  return code.slice(0, position).split('\n').length;
}

export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) children.push(child);
  return children;
}
