import type { SyntaxNode, Tree } from '@lezer/common';
import { childrenOf } from '../parse-source.js';
import { literalOf } from './python-literal.js';
import type { PythonLiteral } from './python-literal.js';
import { readType } from './python-type.js';
import type { PythonType } from './python-type.js';

export interface PythonParameter {
  readonly name: string;
  /** Null = it has no annotation. */
  readonly type: PythonType | null;
  readonly hasDefault: boolean;
}

export interface PythonFunction {
  readonly name: string;
  readonly docstring: string | null;
  /** Without `*args` and `**kwargs`. */
  readonly parameters: readonly PythonParameter[];
}

export interface PythonField extends PythonParameter {
  readonly type: PythonType;
  readonly description: string | null;
}

export interface PythonClass {
  readonly name: string;
  readonly bases: readonly string[];
  readonly docstring: string | null;
  readonly fields: readonly PythonField[];
  /** Values of members without an annotation, as enumerations have them. */
  readonly values: readonly PythonLiteral[];
}

/** What stands at the top level of a source. */
export interface PythonModule {
  readonly functions: readonly PythonFunction[];
  readonly classes: ReadonlyMap<string, PythonClass>;
  /** Names that were given to types. */
  readonly aliases: ReadonlyMap<string, PythonType>;
}

export function readModule(tree: Tree, code: string): PythonModule {
  const statements = childrenOf(tree.topNode).map(node => (node.name === 'DecoratedStatement' ? (node.lastChild ?? node) : node));
  const ofKind = (kind: string): SyntaxNode[] => statements.filter(node => node.name === kind);
  const classes = ofKind('ClassDefinition').map(node => readClass(node, code));
  return {
    functions: ofKind('FunctionDefinition').map(node => readFunction(node, code)),
    classes: new Map(classes.map(read => [read.name, read])),
    aliases: new Map([...ofKind('AssignStatement'), ...ofKind('TypeDefinition')].flatMap(node => readAlias(node, code))),
  };
}

function readFunction(node: SyntaxNode, code: string): PythonFunction {
  const list = node.getChild('ParamList');
  return { name: nameOf(node, code), docstring: docstringOf(node, code), parameters: list === null ? [] : readParameters(list, code) };
}

function nameOf(node: SyntaxNode, code: string): string {
  const name = node.getChild('VariableName');
  return name === null ? '' : code.slice(name.from, name.to);
}

function readParameters(list: SyntaxNode, code: string): PythonParameter[] {
  return inGroups(childrenOf(list).slice(1, -1)).flatMap(group => {
    const [name, ...rest] = group;
    if (name?.name !== 'VariableName') return [];
    const type = rest.find(node => node.name === 'TypeDef')?.lastChild ?? null;
    return [
      {
        name: code.slice(name.from, name.to),
        type: type === null ? null : readType(type, code),
        hasDefault: rest.some(node => node.name === 'AssignOp'),
      },
    ];
  });
}

/** The nodes between commas. */
function inGroups(nodes: readonly SyntaxNode[]): SyntaxNode[][] {
  const groups: SyntaxNode[][] = [[]];
  for (const node of nodes) {
    if (node.name === ',') groups.push([]);
    else if (node.name !== 'Comment') groups.at(-1)?.push(node);
  }
  return groups;
}

function docstringOf(node: SyntaxNode, code: string): string | null {
  const body = node.getChild('Body');
  const first = body === null ? undefined : childrenOf(body).find(child => child.name !== ':' && child.name !== 'Comment');
  const value = first?.name === 'ExpressionStatement' && first.firstChild !== null ? literalOf(first.firstChild, code) : undefined;
  return typeof value === 'string' ? value : null;
}

function readClass(node: SyntaxNode, code: string): PythonClass {
  const bases = node.getChild('ArgList');
  const body = node.getChild('Body');
  const assignments = body === null ? [] : body.getChildren('AssignStatement');
  return {
    name: nameOf(node, code),
    bases: bases === null ? [] : inGroups(childrenOf(bases).slice(1, -1)).flatMap(group => baseName(group, code)),
    docstring: docstringOf(node, code),
    fields: assignments.flatMap(assignment => readField(assignment, code)),
    values: assignments.flatMap(assignment => readValue(assignment, code)),
  };
}

/** The last part of a name, without the arguments of a generic one. */
function baseName([base, second]: readonly SyntaxNode[], code: string): string[] {
  if (base === undefined || second?.name === 'AssignOp') return [];
  const type = readType(base, code);
  return type.kind === 'name' || type.kind === 'generic' ? [type.name] : [];
}

function readField(assignment: SyntaxNode, code: string): PythonField[] {
  const [target, annotation, , value] = childrenOf(assignment);
  const type = annotation?.name === 'TypeDef' ? annotation.lastChild : null;
  if (target?.name !== 'VariableName' || type === null) return [];
  const name = code.slice(target.from, target.to);
  // As pydantic has it, these are no fields.
  if (name.startsWith('_') || name === 'model_config') return [];
  return [{ name, type: readType(type, code), ...(value === undefined ? noDefault : readDefault(value, code)) }];
}

type Default = Pick<PythonField, 'hasDefault' | 'description'>;
const noDefault: Default = { hasDefault: false, description: null };

/** `Field(…)` says more than a value. */
function readDefault(value: SyntaxNode, code: string): Default {
  const callee = value.name === 'CallExpression' ? value.firstChild : null;
  const list = callee === null ? null : value.getChild('ArgList');
  if (callee === null || list === null || !/(^|\.)Field$/.test(code.slice(callee.from, callee.to)))
    return { hasDefault: value.name !== 'Ellipsis', description: null };
  const groups = inGroups(childrenOf(list).slice(1, -1));
  const named = (name: string): SyntaxNode | undefined =>
    groups.find(([key, sign]) => key !== undefined && sign?.name === 'AssignOp' && code.slice(key.from, key.to) === name)?.[2];
  const positional = groups[0]?.length === 1 ? groups[0][0] : undefined;
  const fallback = positional ?? named('default');
  const description = named('description');
  const text = description === undefined ? undefined : literalOf(description, code);
  return {
    hasDefault: named('default_factory') !== undefined || (fallback !== undefined && fallback.name !== 'Ellipsis'),
    description: typeof text === 'string' ? text : null,
  };
}

function readValue(assignment: SyntaxNode, code: string): PythonLiteral[] {
  const [target, sign, value] = childrenOf(assignment);
  if (target?.name !== 'VariableName' || sign?.name !== 'AssignOp' || value === undefined) return [];
  const literal = literalOf(value, code);
  return literal === undefined ? [] : [literal];
}

function readAlias(node: SyntaxNode, code: string): [string, PythonType][] {
  const target = node.getChild('VariableName');
  const value = node.lastChild;
  if (target === null || value === null || value.from === target.from) return [];
  return ['VariableName', 'MemberExpression', 'BinaryExpression'].includes(value.name)
    ? [[code.slice(target.from, target.to), readType(value, code)]]
    : [];
}
