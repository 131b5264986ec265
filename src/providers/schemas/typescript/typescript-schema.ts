import type { Parser, SyntaxNode } from '@lezer/common';
import { SchemaFailure } from '../../../domain/tools/schema-generator.js';
import type { FunctionSchema, SchemaObject, SchemaSource } from '../../../domain/tools/schema-generator.js';
import { argumentsSchema } from '../arguments-schema.js';
import { childrenOf, findError, lineOf, parseSource } from '../parse-source.js';
import type { ParseLimits } from '../parse-source.js';
import { noJsDoc, readJsDoc } from './jsdoc.js';
import type { JsDoc } from './jsdoc.js';
import { schemaOf } from './type-schema.js';
import type { TypeScope } from './type-schema.js';

interface ExportedFunction {
  readonly name: string;
  readonly parameters: SyntaxNode | null;
  readonly doc: JsDoc;
}

/** The schema of the first function that a TypeScript or JavaScript source exports. */
export async function typescriptSchema({ code, argsSchema }: SchemaSource, limits: ParseLimits): Promise<FunctionSchema> {
  const { parser: javascript } = await import('@lezer/javascript');
  const parser = javascript.configure({ dialect: 'ts' });
  const tree = await parseSource(parser, code, limits);
  const error = findError(tree);
  if (error !== null) throw new SchemaFailure(`Failed to parse source code: invalid syntax (line ${lineOf(code, error.from)})`);
  const statements = childrenOf(tree.topNode);
  const subject = firstExported(statements, code);
  if (subject === null) throw new SchemaFailure('No exported function found in TypeScript source code');
  const { name, doc } = subject;
  const description = doc.description ?? `TypeScript function ${name}`;
  if (argsSchema !== null) return { name, description, parameters: argumentsSchema(argsSchema) };
  const scope: TypeScope = { code, types: typesOf(statements, code), path: [], depth: 0, written: { count: 0 } };
  return { name, description, parameters: parametersOf(subject, scope, parser) };
}

function firstExported(statements: readonly SyntaxNode[], code: string): ExportedFunction | null {
  for (const statement of statements) {
    const declaration = statement.name === 'ExportDeclaration' ? statement.getChild('FunctionDeclaration') : null;
    const name = declaration?.getChild('VariableDefinition') ?? null;
    if (declaration === null || name === null) continue;
    const before = statement.prevSibling?.name === 'BlockComment' ? statement.prevSibling : null;
    return {
      name: code.slice(name.from, name.to),
      parameters: declaration.getChild('ParamList'),
      doc: before === null ? noJsDoc : readJsDoc(code.slice(before.from, before.to)),
    };
  }
  return null;
}

function typesOf(statements: readonly SyntaxNode[], code: string): ReadonlyMap<string, SyntaxNode> {
  return new Map(
    statements.flatMap(statement => {
      const declaration = statement.name === 'ExportDeclaration' ? statement.lastChild : statement;
      const name = declaration?.getChild('TypeDefinition') ?? null;
      if (declaration === null || name === null) return [];
      const type = childrenOf(declaration).findLast(child => child.name !== ';' && child.from > name.to && child.name !== 'Equals');
      return type === undefined ? [] : [[code.slice(name.from, name.to), type] as const];
    }),
  );
}

function parametersOf({ parameters, doc }: ExportedFunction, scope: TypeScope, parser: Parser): SchemaObject {
  const members = (parameters === null ? [] : inGroups(parameters)).flatMap(group => {
    const target = group.find(node => node.name === 'VariableDefinition');
    if (target === undefined || group.some(node => node.name === 'Spread')) return [];
    const name = scope.code.slice(target.from, target.to);
    const said = doc.parameters.get(name);
    const annotation = group.find(node => node.name === 'TypeAnnotation')?.lastChild ?? null;
    const type = annotation === null ? schemaOfText(said?.type ?? 'any', scope, parser) : schemaOf(annotation, scope);
    const isOptional = group.some(node => node.name === 'Optional' || node.name === 'Equals') || said?.isOptional === true;
    const description = said?.description ?? null;
    return [{ name, schema: { ...type, ...(description === null ? {} : { description }) }, isOptional }];
  });
  return {
    type: 'object',
    properties: Object.fromEntries(members.map(({ name, schema }) => [name, schema])),
    required: members.filter(({ isOptional }) => !isOptional).map(({ name }) => name),
  };
}

function inGroups(list: SyntaxNode): SyntaxNode[][] {
  const groups: SyntaxNode[][] = [[]];
  for (const node of childrenOf(list).slice(1, -1)) {
    if (node.name === ',') groups.push([]);
    else groups.at(-1)?.push(node);
  }
  return groups;
}

/** JavaScript says its types in comments. */
function schemaOfText(text: string, scope: TypeScope, parser: Parser): SchemaObject {
  const code = `type T = ${text};`;
  const type = typesOf(childrenOf(parser.parse(code).topNode), code).get('T');
  return type === undefined ? { type: 'object' } : schemaOf(type, { ...scope, code, types: new Map() });
}
