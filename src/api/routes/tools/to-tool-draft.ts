import { createHash } from 'node:crypto';
import type { CreateToolBody, UpdateToolBody } from '../../../contract/tool-writes.contract.js';
import { RequestError } from '../../../domain/errors.js';
import { isBuiltinToolName } from '../../../domain/tools/builtin-tool.js';
import { SchemaFailure } from '../../../domain/tools/schema-generator.js';
import type { FunctionSchema, SchemaGenerator, SchemaObject } from '../../../domain/tools/schema-generator.js';
import type { ToolRecord } from '../../../repositories/tool-record.js';
import type { ToolColumns, ToolDraft } from '../../../repositories/tool-writes.repository.js';

/** V1's. */
const longestName = 48;

/** The tool that a request describes. Throws a RequestError for what is wrong with it. */
export async function draftOf(body: CreateToolBody, schemas: SchemaGenerator): Promise<ToolDraft> {
  const sourceType = languageOf(body.source_type);
  const jsonSchema = body.json_schema ?? (await deriveSchema(schemas, sourceType, body.source_code, body.args_json_schema ?? null));
  const name = nameOf(jsonSchema);
  if (body.json_schema != null) await requireSameName(schemas, sourceType, body.source_code, name);
  return {
    name,
    description: body.description ?? textOrNull(jsonSchema['description']),
    sourceType,
    sourceCode: body.source_code,
    jsonSchema,
    argsJsonSchema: body.args_json_schema ?? null,
    tags: body.tags ?? [],
    returnCharLimit: body.return_char_limit,
    pipRequirements: body.pip_requirements ?? null,
    npmRequirements: body.npm_requirements ?? null,
    defaultRequiresApproval: body.default_requires_approval ?? null,
    enableParallelExecution: body.enable_parallel_execution ?? false,
    retryClass: body.retry_class ?? null,
    timeoutMs: body.timeout_ms ?? null,
    network: body.network ?? null,
    toolHash: hashOf([body.source_code, body.pip_requirements ?? null, body.npm_requirements ?? null]),
  };
}

/** What changes of a tool of a source. A new source alone leaves the schema as it is, as with V1. */
export async function changesOf(tool: ToolRecord, body: UpdateToolBody, schemas: SchemaGenerator): Promise<ToolColumns> {
  if (body.json_schema != null && body.args_json_schema != null)
    throw new RequestError('invalid', 'Cannot provide both json_schema and args_json_schema in update');
  const sourceType = languageOf(body.source_type ?? tool.sourceType);
  const sourceCode = body.source_code ?? tool.sourceCode ?? '';
  const jsonSchema =
    body.json_schema ?? (body.args_json_schema == null ? null : await deriveSchema(schemas, sourceType, sourceCode, body.args_json_schema));
  const name = jsonSchema === null ? tool.name : nameOf(jsonSchema);
  if (jsonSchema !== null || body.source_code != null) await requireSameName(schemas, sourceType, sourceCode, name);
  return withoutMissing({
    name,
    json_schema: jsonSchema,
    description: body.description,
    source_type: sourceType,
    source_code: body.source_code,
    args_json_schema: body.args_json_schema,
    pip_requirements: body.pip_requirements,
    npm_requirements: body.npm_requirements,
    ...traitsOf(body),
    metadata: {
      ...body.metadata_,
      tool_hash: hashOf([sourceCode, body.pip_requirements ?? tool.pipRequirements, body.npm_requirements ?? tool.npmRequirements]),
    },
  });
}

/** What changes of any other tool: its code is not the client's. */
export function traitChangesOf(tool: ToolRecord, body: UpdateToolBody): ToolColumns {
  const { source_code, source_type, json_schema, args_json_schema, pip_requirements, npm_requirements } = body;
  const fixed = { source_code, source_type, json_schema, args_json_schema, pip_requirements, npm_requirements };
  const [refused] = Object.entries(fixed).find(([, value]) => value != null) ?? [];
  if (refused !== undefined)
    throw new RequestError('invalid', `The tool '${tool.name}' is no tool of a source: ${refused} cannot be changed`);
  return withoutMissing({ description: body.description, ...traitsOf(body), metadata: body.metadata_ });
}

function traitsOf(body: UpdateToolBody): ToolColumns {
  return {
    tags: body.tags,
    return_char_limit: body.return_char_limit,
    default_requires_approval: body.default_requires_approval,
    enable_parallel_execution: body.enable_parallel_execution,
    retry_class: body.retry_class,
    timeout_ms: body.timeout_ms,
    network: body.network,
  };
}

/** Null leaves a member as it is: V1 does not clear members. */
function withoutMissing(columns: ToolColumns): ToolColumns {
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined && value !== null));
}

export function languageOf(sourceType: string): 'python' | 'typescript' {
  if (sourceType === 'python' || sourceType === 'typescript') return sourceType;
  throw new RequestError('invalid', `Unknown tool source type: ${sourceType}. Sources are python or typescript`);
}

export async function deriveSchema(
  schemas: SchemaGenerator,
  language: 'python' | 'typescript',
  code: string,
  argsSchema: SchemaObject | null,
): Promise<SchemaObject> {
  try {
    return { ...(await schemas.generate({ language, code, argsSchema })) };
  } catch (error) {
    if (!(error instanceof SchemaFailure)) throw error;
    const what = language === 'python' ? 'json schema' : 'TypeScript json schema';
    throw new RequestError('invalid', `Failed to derive ${what}: ${error.message}`);
  }
}

function nameOf(schema: SchemaObject): string {
  const { name } = schema;
  if (typeof name !== 'string' || !/^[\w-]+$/.test(name))
    throw new RequestError('invalid', "The member 'name' of json_schema has to be a name of letters, digits, underscores and hyphens");
  if (name.length > longestName)
    throw new RequestError('invalid', `Tool name ${name} is too long. It must be less than ${longestName} characters.`);
  if (isBuiltinToolName(name))
    throw new RequestError('invalid', `The name '${name}' is that of a tool of the server, which no other tool can have`);
  return name;
}

/** The function of the source is called by the tool's name. A source that cannot be read says nothing of it. */
async function requireSameName(schemas: SchemaGenerator, language: 'python' | 'typescript', code: string, name: string): Promise<void> {
  const read = await schemas.generate({ language, code, argsSchema: { properties: {} } }).catch((error: unknown): FunctionSchema | null => {
    if (error instanceof SchemaFailure) return null;
    throw error;
  });
  if (read !== null && read.name !== name)
    throw new RequestError('invalid', `Tool name mismatch: the source defines '${read.name}', and the json_schema names '${name}'`);
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** Says whether what is run has changed. */
function hashOf(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}
