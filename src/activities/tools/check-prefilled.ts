import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ErrorObject } from 'ajv/dist/2020.js';
import type { PrefilledArguments } from '../../domain/tool-rules/prefilled-arguments.js';

/** What is wrong with arguments that a rule prescribes for a tool, as its caller is told; null when they fit the tool's parameters. */
export function checkPrefilled({ args, source }: PrefilledArguments, parameters: Readonly<Record<string, unknown>>): string | null {
  const errors = errorsOf(args, parameters);
  return errors.length === 0 ? null : `Invalid prefilled tool arguments from tool rules (source=${source}): ${errors.join('; ')}`;
}

function errorsOf(args: Readonly<Record<string, unknown>>, parameters: Readonly<Record<string, unknown>>): readonly string[] {
  // Tools come with schemas of several drafts and with words of their own; each is compiled for this once.
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false, validateSchema: false });
  const { $schema: _, additionalProperties = false, ...schema } = parameters;
  try {
    // The model gives the arguments that no rule does.
    const validate = ajv.compile({ ...schema, type: 'object', required: [], additionalProperties });
    return validate(args) ? [] : (validate.errors ?? []).map(describe);
  } catch (error) {
    return [`the tool's schema cannot be read: ${error instanceof Error ? error.message : String(error)}`];
  }
}

function describe({ instancePath, keyword, message, params }: ErrorObject): string {
  if (keyword === 'additionalProperties') return `unknown argument '${String(params['additionalProperty'])}'`;
  return `${instancePath.slice(1).replaceAll('/', '.')} ${message ?? 'is invalid'}`;
}
