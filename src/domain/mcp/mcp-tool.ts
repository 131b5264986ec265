import { checkToolSchema } from './check-tool-schema.js';
import type { SchemaHealth } from './check-tool-schema.js';
import { normalizeToolSchema } from './normalize-tool-schema.js';

export interface ToolAnnotations {
  readonly readOnlyHint?: boolean | undefined;
  readonly idempotentHint?: boolean | undefined;
}

/** A tool as its server lists it. */
export interface ListedTool {
  readonly name: string;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly inputSchema?: unknown;
  readonly annotations?: ToolAnnotations | undefined;
}

/** A listed tool with a schema in the form that models take, and how far that can be used. */
export interface CheckedTool extends ListedTool {
  readonly inputSchema: Readonly<Record<string, unknown>>;
  readonly health: SchemaHealth;
}

export function checkTool(tool: ListedTool): CheckedTool {
  const inputSchema = normalizeToolSchema(tool.inputSchema);
  return { ...tool, inputSchema, health: checkToolSchema(inputSchema) };
}

/** What is stored as the tool's schema, in V1's form. */
export function storedSchema({ title, description, inputSchema, health }: CheckedTool, offeredName: string) {
  return {
    name: offeredName,
    description: description ?? title ?? '',
    parameters: inputSchema,
    'mcp:SCHEMA_STATUS': health.status,
    'mcp:SCHEMA_WARNINGS': health.reasons,
  };
}

/** What its server says of a tool decides, unless somebody has decided otherwise: one that changes nothing, or nothing more the second time, may run again. */
export function retryClassOf({ annotations }: ListedTool): 'never' | 'on_interrupt' {
  return annotations?.readOnlyHint === true || annotations?.idempotentHint === true ? 'on_interrupt' : 'never';
}
