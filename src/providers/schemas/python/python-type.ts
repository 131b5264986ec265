import type { SyntaxNode } from '@lezer/common';
import { SchemaFailure } from '../../../domain/tools/schema-generator.js';
import { childrenOf } from '../parse-source.js';
import { literalOf } from './python-literal.js';
import type { PythonLiteral } from './python-literal.js';

/** What a type annotation says. Names are without their modules. */
export type PythonType =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'generic'; readonly name: string; readonly args: readonly PythonType[] }
  | { readonly kind: 'union'; readonly members: readonly PythonType[] }
  | { readonly kind: 'literal'; readonly values: readonly PythonLiteral[] }
  | { readonly kind: 'none' }
  | { readonly kind: 'ellipsis' }
  /** An annotation that is a text: what it says is read where it is needed. */
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'unknown'; readonly text: string };

/** Deeper ones are nobody's honest work. */
const deepest = 30;

export function readType(node: SyntaxNode, code: string, depth = 0): PythonType {
  if (depth > deepest) throw new SchemaFailure('a type annotation is nested too deep');
  const text = code.slice(node.from, node.to);
  const read = (child: SyntaxNode): PythonType => readType(child, code, depth + 1);
  switch (node.name) {
    case 'VariableName':
      return { kind: 'name', name: text };
    case 'None':
      return { kind: 'none' };
    case 'Ellipsis':
      return { kind: 'ellipsis' };
    case 'String':
    case 'ContinuedString': {
      const value = literalOf(node, code);
      return typeof value === 'string' ? { kind: 'text', text: value } : { kind: 'unknown', text };
    }
    case 'ParenthesizedExpression': {
      const [inner] = operands(node);
      return inner === undefined ? { kind: 'unknown', text } : read(inner);
    }
    case 'BinaryExpression':
      return readUnion(node, code, read);
    case 'MemberExpression':
      return readMember(node, code, read);
    default:
      return { kind: 'unknown', text };
  }
}

/** `X | Y` */
function readUnion(node: SyntaxNode, code: string, read: (child: SyntaxNode) => PythonType): PythonType {
  const [left, right] = operands(node);
  const operator = childrenOf(node).find(child => child.name === 'BitOp');
  if (left === undefined || right === undefined || operator === undefined || code.slice(operator.from, operator.to) !== '|')
    return { kind: 'unknown', text: code.slice(node.from, node.to) };
  return { kind: 'union', members: [read(left), read(right)].flatMap(type => (type.kind === 'union' ? type.members : [type])) };
}

/** `module.Name` or `Name[arguments]` */
function readMember(node: SyntaxNode, code: string, read: (child: SyntaxNode) => PythonType): PythonType {
  const property = node.getChild('PropertyName');
  if (property !== null) return { kind: 'name', name: code.slice(property.from, property.to) };
  const [object, ...index] = operands(node);
  const base = object === undefined ? null : read(object);
  if (base?.kind !== 'name') return { kind: 'unknown', text: code.slice(node.from, node.to) };
  const items = index.flatMap(item => (item.name === 'TupleExpression' ? operands(item) : [item]));
  if (base.name === 'Literal') return readLiteral(items, code);
  // What stands beside the type is for others than the model; Field of a parameter is read elsewhere.
  if (base.name === 'Annotated' && items[0] !== undefined) return read(items[0]);
  return { kind: 'generic', name: base.name, args: items.map(read) };
}

function readLiteral(items: readonly SyntaxNode[], code: string): PythonType {
  const values = items.map(item => literalOf(item, code));
  return values.every(value => value !== undefined)
    ? { kind: 'literal', values }
    : { kind: 'unknown', text: `Literal[${items.map(item => code.slice(item.from, item.to)).join(', ')}]` };
}

const signs = ['(', ')', '[', ']', ',', '.', 'BitOp'];

function operands(node: SyntaxNode): SyntaxNode[] {
  return childrenOf(node).filter(child => !signs.includes(child.name) && child.name !== 'Comment');
}

/** As Python writes it, more or less: for people. */
export function textOfType(type: PythonType): string {
  switch (type.kind) {
    case 'name':
      return type.name;
    case 'generic':
      return `${type.name}[${type.args.map(textOfType).join(', ')}]`;
    case 'union':
      return type.members.map(textOfType).join(' | ');
    case 'literal':
      return `Literal[${type.values.map(value => JSON.stringify(value)).join(', ')}]`;
    case 'none':
      return 'None';
    case 'ellipsis':
      return '...';
    case 'text':
    case 'unknown':
      return type.text;
  }
}
