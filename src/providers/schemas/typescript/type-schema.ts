import type { SyntaxNode } from '@lezer/common';
import { SchemaFailure } from '../../../domain/tools/schema-generator.js';
import type { SchemaObject } from '../../../domain/tools/schema-generator.js';
import { childrenOf } from '../parse-source.js';
import { readJsDoc } from './jsdoc.js';

export interface TypeScope {
  readonly code: string;
  /** Interfaces and aliases of the source, by name. */
  readonly types: ReadonlyMap<string, SyntaxNode>;
  readonly path: readonly string[];
  readonly depth: number;
  readonly written: { count: number };
}

const deepest = 30;
const mostParts = 5000;

const plain: Readonly<Record<string, string>> = {
  string: 'string',
  number: 'number',
  boolean: 'boolean',
  any: 'string',
  void: 'null',
  null: 'null',
  undefined: 'null',
};

/** The schema of a type, as V1 writes it: what has no counterpart is an object. Beyond V1 the types of the source are followed. */
export function schemaOf(node: SyntaxNode, outer: TypeScope): SchemaObject {
  const scope = { ...outer, depth: outer.depth + 1 };
  scope.written.count += 1;
  if (scope.depth > deepest || scope.written.count > mostParts)
    throw new SchemaFailure('the types of the source are too large or nested too deep');
  const text = scope.code.slice(node.from, node.to);
  switch (node.name) {
    case 'TypeName':
      return schemaOfName(text, scope);
    case 'NullType':
    case 'VoidType':
      return { type: 'null' };
    case 'LiteralType':
      return literalSchema([node], scope);
    case 'ArrayType':
      return { type: 'array', items: node.firstChild === null ? { type: 'object' } : schemaOf(node.firstChild, scope) };
    case 'ParenthesizedType': {
      const [, inner] = childrenOf(node);
      return inner === undefined ? { type: 'object' } : schemaOf(inner, scope);
    }
    case 'UnionType':
      return schemaOfUnion(node, scope);
    case 'ParameterizedType':
      return schemaOfGeneric(node, scope);
    case 'ObjectType':
      return schemaOfObject(node, scope);
    default:
      return plain[text] === undefined ? { type: 'object' } : { type: plain[text] };
  }
}

function schemaOfName(name: string, scope: TypeScope): SchemaObject {
  const type = Object.hasOwn(plain, name) ? plain[name] : undefined;
  if (type !== undefined) return { type };
  const own = scope.types.get(name);
  if (own === undefined || scope.path.includes(name)) return { type: 'object' };
  return schemaOf(own, { ...scope, path: [...scope.path, name] });
}

function schemaOfUnion(node: SyntaxNode, scope: TypeScope): SchemaObject {
  const members = flat(node).filter(member => !['null', 'undefined'].includes(scope.code.slice(member.from, member.to)));
  const [only, ...others] = members;
  if (only !== undefined && others.length === 0) return schemaOf(only, scope);
  return members.every(member => member.name === 'LiteralType') ? literalSchema(members, scope) : { type: 'string' };
}

function flat(node: SyntaxNode): SyntaxNode[] {
  return childrenOf(node).flatMap(child => (child.name === 'UnionType' ? flat(child) : child.name === 'LogicOp' ? [] : [child]));
}

function literalSchema(nodes: readonly SyntaxNode[], { code }: TypeScope): SchemaObject {
  const texts = nodes.map(node => code.slice(node.from, node.to));
  const strings = texts.map(text => /^(['"])((?:(?!\1|\\).)*)\1$/.exec(text)?.[2]);
  if (strings.every(value => value !== undefined)) return { type: 'string', enum: strings };
  const numbers = texts.map(Number);
  if (numbers.every(Number.isFinite)) return { type: 'number', enum: numbers };
  return { type: texts.every(text => text === 'true' || text === 'false') ? 'boolean' : 'string' };
}

function schemaOfGeneric(node: SyntaxNode, scope: TypeScope): SchemaObject {
  const name = scope.code.slice(node.firstChild?.from ?? node.from, node.firstChild?.to ?? node.from);
  const args = childrenOf(node.getChild('TypeArgList') ?? node).filter(
    child => !['<', '>', ',', 'TypeName'].includes(child.name) || child.name === 'TypeName',
  );
  const types = args.filter(child => child.from > (node.firstChild?.to ?? 0));
  const [first, second] = types;
  if (['Array', 'ReadonlyArray', 'Set'].includes(name) && first !== undefined) return { type: 'array', items: schemaOf(first, scope) };
  if (name === 'Record' && second !== undefined) return { type: 'object', additionalProperties: schemaOf(second, scope) };
  if (['Partial', 'Readonly', 'Required'].includes(name) && first !== undefined) return schemaOf(first, scope);
  return { type: 'object' };
}

/** Beyond V1: an object's members, with what the comment before each says. */
function schemaOfObject(node: SyntaxNode, scope: TypeScope): SchemaObject {
  const members = node.getChildren('PropertyType').flatMap(member => {
    const name = member.getChild('PropertyDefinition');
    const type = member.getChild('TypeAnnotation')?.lastChild;
    if (name === null || type == null) return [];
    const before = member.prevSibling?.name === 'BlockComment' ? member.prevSibling : null;
    const { description } = readJsDoc(before === null ? '' : scope.code.slice(before.from, before.to));
    const schema = { ...schemaOf(type, scope), ...(description === null ? {} : { description }) };
    return [{ name: scope.code.slice(name.from, name.to), schema, isOptional: member.getChild('Optional') !== null }];
  });
  if (members.length === 0) return { type: 'object' };
  return {
    type: 'object',
    properties: Object.fromEntries(members.map(({ name, schema }) => [name, schema])),
    required: members.filter(({ isOptional }) => !isOptional).map(({ name }) => name),
  };
}
