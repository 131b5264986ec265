import type { SyntaxNode } from '@lezer/common';
import { childrenOf } from '../parse-source.js';

export type PythonLiteral = string | number | boolean | null;

/** The value of a literal; undefined = it is none, or one that JSON has no form for. */
export function literalOf(node: SyntaxNode, code: string): PythonLiteral | undefined {
  const text = code.slice(node.from, node.to);
  switch (node.name) {
    case 'String':
      return unquote(text);
    case 'ContinuedString': {
      const parts = childrenOf(node).map(child => (child.name === 'String' ? unquote(code.slice(child.from, child.to)) : undefined));
      return parts.every(part => part !== undefined) ? parts.join('') : undefined;
    }
    case 'Number':
      return numberOf(text);
    case 'Boolean':
      return text === 'True';
    case 'None':
      return null;
    case 'UnaryExpression': {
      const value = text.startsWith('-') && node.lastChild !== null ? literalOf(node.lastChild, code) : undefined;
      return typeof value === 'number' ? -value : undefined;
    }
    case 'ParenthesizedExpression': {
      const inner = childrenOf(node).find(child => child.name !== '(' && child.name !== ')');
      return inner === undefined ? undefined : literalOf(inner, code);
    }
    default:
      return undefined;
  }
}

function numberOf(text: string): number | undefined {
  const value = Number(text.replaceAll('_', ''));
  return Number.isFinite(value) ? value : undefined;
}

/** The text of a string literal; undefined = bytes, or one that is made when the code runs. */
function unquote(text: string): string | undefined {
  const [, prefix = '', quote = '', body] = /^([a-z]*)('''|"""|'|")([^]*)\2$/i.exec(text) ?? [];
  if (body === undefined || /[bft]/i.test(prefix) || quote === '') return undefined;
  return /r/i.test(prefix) ? body : body.replaceAll(escape, unescape);
}

const escape = /\\(\r?\n|x[\da-f]{2}|u[\da-f]{4}|U[\da-f]{8}|[0-7]{1,3}|[^])/gi;
const named: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\u0007',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

function unescape(whole: string, code: string): string {
  if (code === '\n' || code === '\r\n') return '';
  if (/^[xu][\da-f]/i.test(code) && code.length > 2) return characterOf(Number.parseInt(code.slice(1), 16), whole);
  if (/^[0-7]+$/.test(code)) return characterOf(Number.parseInt(code, 8), whole);
  return named[code] ?? whole;
}

function characterOf(point: number, whole: string): string {
  return point <= 0x10_ffff ? String.fromCodePoint(point) : whole;
}
