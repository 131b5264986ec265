import type { Parser, SyntaxNode } from '@lezer/common';
import { SchemaFailure } from '../../../domain/tools/schema-generator.js';
import type { FunctionSchema, SchemaObject, SchemaSource } from '../../../domain/tools/schema-generator.js';
import { argumentsSchema } from '../arguments-schema.js';
import { findError, lineOf, parseSource } from '../parse-source.js';
import type { ParseLimits } from '../parse-source.js';
import { readDocstring } from './docstring.js';
import type { Docstring } from './docstring.js';
import { readType } from './python-type.js';
import type { PythonType } from './python-type.js';
import { readModule } from './read-module.js';
import type { PythonFunction, PythonParameter } from './read-module.js';
import { isOptional, schemaOf } from './type-schema.js';
import type { TypeScope } from './type-schema.js';

/** What the sandbox gives by itself. */
const given = ['self', 'agent_state'];
const longestAnnotation = 1000;

/** The schema of the last function at the top level of a Python source. */
export async function pythonSchema({ code, argsSchema }: SchemaSource, limits: ParseLimits): Promise<FunctionSchema> {
  const { parser } = await import('@lezer/python');
  const tree = await parseSource(parser, code, limits);
  const error = findError(tree, isInWith);
  if (error !== null) throw new SchemaFailure(`Failed to parse source code: invalid syntax (line ${lineOf(code, error.from)})`);
  const module = readModule(tree, code);
  const subject = module.functions.at(-1);
  if (subject === undefined) throw new SchemaFailure('No functions found in source code');
  if (argsSchema !== null) {
    const description = subject.docstring === null ? `The ${subject.name} tool` : cleaned(subject.docstring);
    return { name: subject.name, description, parameters: argumentsSchema(argsSchema) };
  }
  return schemaOfFunction(subject, {
    module,
    readText: text => readAnnotation(parser, text),
    isField: false,
    path: [],
    written: { count: 0 },
  });
}

/** The parser does not know `with (open(…) as a, …):`. */
function isInWith(node: SyntaxNode): boolean {
  for (let parent = node.parent; parent !== null; parent = parent.parent) if (parent.name === 'WithStatement') return true;
  return false;
}

function schemaOfFunction(subject: PythonFunction, scope: TypeScope): FunctionSchema {
  if (subject.docstring === null) throw new SchemaFailure(`Function ${subject.name} missing docstring`);
  const docstring = readDocstring(subject.docstring);
  const parameters = subject.parameters.filter(({ name }) => !given.includes(name));
  const described = parameters.map(parameter => [parameter.name, describe(subject, parameter, docstring, scope)] as const);
  const required = parameters.filter(({ type, hasDefault }) => !hasDefault && !(type !== null && isOptional(type, scope)));
  return {
    name: subject.name,
    description: descriptionOf(docstring),
    parameters: { type: 'object', properties: Object.fromEntries(described), required: required.map(({ name }) => name) },
  };
}

function describe({ name: owner }: PythonFunction, { name, type }: PythonParameter, docstring: Docstring, scope: TypeScope): SchemaObject {
  if (type === null) throw new SchemaFailure(`Parameter '${name}' in function '${owner}' lacks a type annotation`);
  const description = docstring.parameters.get(name) ?? '';
  if (description === '') throw new SchemaFailure(`Parameter '${name}' in function '${owner}' lacks a description in the docstring`);
  return { ...schemaOf(type, scope), description };
}

function descriptionOf({ description, examples }: Docstring): string {
  const text = description ?? 'No description available';
  return examples === null ? text : `${text}\n\n${examples}`;
}

function cleaned(docstring: string): string {
  const lines = docstring.trim().split(/\r?\n/);
  const indents = lines
    .slice(1)
    .filter(line => line.trim() !== '')
    .map(line => line.length - line.trimStart().length);
  const margin = Math.min(...indents, Number.MAX_SAFE_INTEGER);
  return lines.map((line, index) => (index === 0 ? line : line.slice(margin))).join('\n');
}

/** `"Step"` says what `Step` says. */
function readAnnotation(parser: Parser, text: string): PythonType {
  const unknown: PythonType = { kind: 'unknown', text: text.slice(0, longestAnnotation) };
  if (text.length > longestAnnotation) return unknown;
  const statement = parser.parse(text).topNode.firstChild;
  const expression = statement?.name === 'ExpressionStatement' ? statement.firstChild : null;
  const type = expression === null ? unknown : readType(expression, text);
  return type.kind === 'text' ? unknown : type;
}
