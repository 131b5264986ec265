import type { JSONValue } from '@jmespath-community/jmespath';

/** Functions that make a value of any size out of a small one. */
const boundless = /\bpad_(left|right)\s*\(/;

/** What is wrong with a JMESPath expression; null when it can be used. */
export async function selectionFault(expression: string): Promise<string | null> {
  if (boundless.test(expression)) return 'pad_left and pad_right are not available';
  try {
    (await import('@jmespath-community/jmespath')).compile(expression);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** What an expression finds in a value. Throws when a function in it cannot use what it gets. The library is loaded with the first expression. */
export async function selectJson(json: unknown, expression: string): Promise<unknown> {
  const { search } = await import('@jmespath-community/jmespath');
  return search(json as JSONValue, expression);
}
