import { SchemaFailure } from '../../domain/tools/schema-generator.js';
import type { SchemaGenerator } from '../../domain/tools/schema-generator.js';
import type { ParseLimits } from './parse-source.js';
import { pythonSchema } from './python/python-schema.js';
import { typescriptSchema } from './typescript/typescript-schema.js';

/** Reads sources by their syntax trees. The parsers are loaded with the first source. */
export function createSchemaGenerator(limits: ParseLimits): SchemaGenerator {
  return {
    async generate(source) {
      const isPython = source.language === 'python';
      try {
        if (isPython) return await pythonSchema(source, limits);
        return await typescriptSchema(source, limits);
      } catch (error) {
        // What is nested without end overflows the stack of whoever reads it.
        if (!(error instanceof SchemaFailure || error instanceof RangeError)) throw error;
        const reason = error instanceof RangeError ? 'the source is nested too deep' : error.message;
        throw new SchemaFailure(`${isPython ? 'Schema' : 'TypeScript schema'} generation failed: ${reason}`);
      }
    },
  };
}
