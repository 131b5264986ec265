import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ErrorObject } from 'ajv/dist/2020.js';
import type { ToolArguments } from './tool-arguments.js';
import { ToolArgumentError } from './tool-arguments.js';

type Schema = Readonly<Record<string, unknown>>;

/** What makes it impossible to check arguments by a schema; null when that is possible. */
export function schemaFault(schema: Schema): string | null {
  try {
    compile(schema);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * The arguments in the types that a schema asks for, where they only look otherwise, as `"5"` does for 5. Throws ToolArgumentError with all that is wrong:
 * the model reads it.
 */
export function checkedArguments(args: ToolArguments, schema: Schema): ToolArguments {
  const copy = structuredClone(args);
  const validate = compile(schema);
  if (validate(copy)) return copy;
  throw new ToolArgumentError(`Invalid arguments: ${(validate.errors ?? []).slice(0, 10).map(describe).join('; ')}`);
}

function compile(schema: Schema) {
  const ajv = new Ajv2020({ strict: false, allErrors: true, coerceTypes: true, validateFormats: false, validateSchema: false });
  // Patterns of strangers are run on texts of models here: some of them would never end.
  for (const keyword of ['pattern', 'patternProperties']) ajv.removeKeyword(keyword);
  const { $schema: _, ...rest } = schema;
  return ajv.compile(rest);
}

function describe({ instancePath, keyword, message, params }: ErrorObject): string {
  const path = instancePath.slice(1).replaceAll('/', '.');
  if (keyword === 'additionalProperties')
    return `unknown argument '${[path, String(params['additionalProperty'])].filter(Boolean).join('.')}'`;
  if (keyword === 'required') return `missing argument '${[path, String(params['missingProperty'])].filter(Boolean).join('.')}'`;
  return `${path === '' ? 'they' : path} ${message ?? 'cannot be used'}`;
}
