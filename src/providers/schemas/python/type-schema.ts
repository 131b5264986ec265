import { SchemaFailure } from '../../../domain/tools/schema-generator.js';
import type { SchemaObject } from '../../../domain/tools/schema-generator.js';
import type { PythonClass, PythonField, PythonModule } from './read-module.js';
import { textOfType } from './python-type.js';
import type { PythonType } from './python-type.js';

export interface TypeScope {
  readonly module: PythonModule;
  /** Reads an annotation that is a text. */
  readonly readText: (text: string) => PythonType;
  /** A field of a model may be a dictionary of something; a parameter says it by a model. */
  readonly isField: boolean;
  /** Names that lead here: none may lead to itself. */
  readonly path: readonly string[];
  /** How much was written so far, by all: types that hold each other may double at every level. */
  readonly written: { count: number };
}

const mostParts = 5000;

const plain: Readonly<Record<string, string>> = { int: 'integer', str: 'string', bool: 'boolean', float: 'number' };
const lists = ['list', 'List', 'Sequence', 'Iterable', 'set', 'Set', 'frozenset', 'FrozenSet'];
const tuples = ['tuple', 'Tuple'];
const dictionaries = ['dict', 'Dict', 'Mapping'];

/** The schema of a type, as V1 writes it. */
export function schemaOf(type: PythonType, scope: TypeScope): SchemaObject {
  scope.written.count += 1;
  if (scope.written.count > mostParts) throw new SchemaFailure(`the types of the source are too large: more than ${mostParts} parts`);
  switch (type.kind) {
    case 'text':
      return schemaOf(scope.readText(type.text), scope);
    case 'name':
      return schemaOfName(type.name, scope);
    case 'generic':
      return schemaOfGeneric(type, scope);
    case 'union':
      return schemaOfUnion(type.members, scope);
    case 'literal':
      return { type: literalType(type.values), enum: type.values };
    case 'none':
      return { type: 'null' };
    case 'ellipsis':
    case 'unknown':
      return refuse(type);
  }
}

/** Whether it may be None. */
export function isOptional(type: PythonType, { module, readText }: Pick<TypeScope, 'module' | 'readText'>, depth = 0): boolean {
  if (depth > mostAliases) return false;
  if (type.kind === 'text') return isOptional(readText(type.text), { module, readText }, depth + 1);
  if (type.kind === 'generic') return type.name === 'Optional' || (type.name === 'Union' && type.args.some(isNone));
  if (type.kind === 'union') return type.members.some(isNone);
  const alias = type.kind === 'name' ? module.aliases.get(type.name) : undefined;
  return alias !== undefined && isOptional(alias, { module, readText }, depth + 1);
}

const mostAliases = 20;

function isNone(type: PythonType): boolean {
  return type.kind === 'none';
}

function schemaOfName(name: string, scope: TypeScope): SchemaObject {
  const type = plain[name];
  if (type !== undefined) return { type };
  if (lists.includes(name)) return { type: 'array', items: { type: 'string' } };
  if (dictionaries.includes(name)) return { type: 'object' };
  if (tuples.includes(name)) throw new SchemaFailure('Tuple type must have at least one element');
  const own = scope.module.classes.get(name);
  const alias = scope.module.aliases.get(name);
  if (scope.path.includes(name)) throw new SchemaFailure(`the type ${name} holds itself, which has no schema here`);
  const inner = { ...scope, path: [...scope.path, name] };
  if (own !== undefined && isModel(own, scope.module)) return schemaOfModel(own, inner);
  if (own !== undefined && isEnumeration(own)) return { type: literalType(own.values), enum: own.values };
  return alias === undefined ? refuse({ kind: 'name', name }) : schemaOf(alias, inner);
}

function schemaOfGeneric(type: PythonType & { readonly kind: 'generic' }, scope: TypeScope): SchemaObject {
  const { name, args } = type;
  const [first, second] = args;
  if (first === undefined) return refuse(type);
  if (name === 'Optional') {
    if (second !== undefined) throw new SchemaFailure(`Optional type must have exactly one type argument, but got ${textOfType(type)}`);
    return schemaOf(first, scope);
  }
  if (name === 'Union') return schemaOfUnion(args, scope);
  if (lists.includes(name)) return { type: 'array', items: schemaOf(first, scope) };
  if (tuples.includes(name)) {
    if (args.some(arg => arg.kind === 'ellipsis'))
      throw new SchemaFailure('Variable-length tuples (e.g., Tuple[int, ...]) are not supported');
    return { type: 'array', prefixItems: args.map(arg => schemaOf(arg, scope)), minItems: args.length, maxItems: args.length };
  }
  if (dictionaries.includes(name)) {
    if (scope.isField) return { type: 'object' };
    throw new SchemaFailure(
      `Dictionary types ${textOfType(type)} with nested type arguments are not supported (consider using a Pydantic model instead)`,
    );
  }
  return refuse(type);
}

function schemaOfUnion(members: readonly PythonType[], scope: TypeScope): SchemaObject {
  const [only, ...others] = members.filter(member => !isNone(member));
  if (only === undefined) return { type: 'null' };
  if (others.length > 0) throw new SchemaFailure('General Union types are not yet supported');
  return schemaOf(only, scope);
}

function refuse(type: PythonType): never {
  throw new SchemaFailure(
    `Python type ${textOfType(type)} has no corresponding JSON schema type - there are str, int, float, bool, list, dict, tuple, Optional, Literal, and pydantic models and enumerations of the source`,
  );
}

/** V1 knows texts only. */
function literalType(values: readonly unknown[]): string {
  return values.length > 0 && values.every(value => typeof value === 'number') ? 'integer' : 'string';
}

function isModel({ bases }: PythonClass, module: PythonModule, depth = 0): boolean {
  if (depth > mostAliases) return false;
  return bases.some(base => {
    const own = module.classes.get(base);
    return own === undefined ? base === 'BaseModel' : isModel(own, module, depth + 1);
  });
}

function isEnumeration({ bases, values }: PythonClass): boolean {
  return values.length > 0 && bases.some(base => ['Enum', 'StrEnum', 'IntEnum'].includes(base));
}

/** Its own fields, in the place of those of its bases. */
function fieldsOf({ bases, fields }: PythonClass, module: PythonModule, depth = 0): readonly PythonField[] {
  const inherited =
    depth > mostAliases
      ? []
      : bases.flatMap(base => {
          const own = module.classes.get(base);
          return own === undefined ? [] : fieldsOf(own, module, depth + 1);
        });
  return [...new Map([...inherited, ...fields].map(field => [field.name, field])).values()];
}

function schemaOfModel(model: PythonClass, scope: TypeScope): SchemaObject {
  const fields = fieldsOf(model, scope.module);
  const properties = fields.map(({ name, type, description }) => {
    if (description === null) throw new SchemaFailure(`Property '${name}' of the model ${model.name} lacks a 'description' key`);
    return [name, { ...schemaOf(type, { ...scope, isField: true }), description }] as const;
  });
  const required = fields.filter(field => !field.hasDefault).map(field => field.name);
  const schema = { type: 'object', properties: Object.fromEntries(properties), required };
  return model.docstring === null ? schema : { ...schema, description: model.docstring.trim() };
}
