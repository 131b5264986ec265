import type { FunctionSchema, SchemaObject } from '../../src/domain/tools/schema-generator.js';
import { createSchemaGenerator } from '../../src/providers/schemas/create-schema-generator.js';

const schemas = createSchemaGenerator({ sourceLength: 1_000_000, timeMs: 5000 });

export function generate(code: string, argsSchema: SchemaObject | null = null): Promise<FunctionSchema> {
  return schemas.generate({ language: 'python', code, argsSchema });
}

/** A function `act` with these parameters, of which these are documented. */
export function tool(parameters: string, described: Readonly<Record<string, string>>): string {
  const args = Object.entries(described).map(([name, text]) => `        ${name}: ${text}`);
  return `def act(${parameters}):\n    """Act.\n\n    Args:\n${args.join('\n')}\n    """\n`;
}

export function fields(properties: SchemaObject, required: readonly string[]): SchemaObject {
  return { type: 'object', properties, required };
}
