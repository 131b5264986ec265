import { builtinTool } from '../tools/builtin-tools.js';
import { retryClassOf, storedSchema } from './mcp-tool.js';
import type { CheckedTool } from './mcp-tool.js';
import { offeredToolName } from './tool-name.js';

/** A tool's row, as the server's list wants it. */
export interface WantedTool {
  readonly mcpName: string;
  readonly name: string;
  readonly description: string | null;
  readonly jsonSchema: Readonly<Record<string, unknown>>;
  readonly annotations: Readonly<Record<string, unknown>>;
  readonly retryClass: string;
}

export interface KnownTool {
  readonly id: string;
  readonly mcpName: string;
  readonly name: string;
}

export interface SyncPlan {
  /** With the row that is there already. */
  readonly kept: readonly (WantedTool & { readonly id: string })[];
  readonly added: readonly WantedTool[];
  readonly deleted: readonly KnownTool[];
  readonly warnings: readonly string[];
}

export interface SyncInput {
  readonly listed: readonly CheckedTool[];
  readonly known: readonly KnownTool[];
  readonly toolPrefix: string | null;
  /** Names of other tools of the organisation. */
  readonly taken: ReadonlySet<string>;
}

/** The names that the tools of a list would take. */
export function offeredNames(listed: readonly CheckedTool[], toolPrefix: string | null): string[] {
  return listed.map(tool => offeredToolName(tool.name, toolPrefix));
}

/** What has to be done so that a server's rows are as its list says. Nothing is overwritten: a name that another tool has is left out, and told. */
export function planSync({ listed, known, toolPrefix, taken }: SyncInput): SyncPlan {
  const warnings: string[] = [];
  const wanted = new Map<string, WantedTool>();
  for (const tool of listed) {
    const candidate = wantedTool(tool, toolPrefix);
    const reason = refusal(tool, candidate, wanted, taken);
    if (reason === null) wanted.set(candidate.name, candidate);
    else warnings.push(`Tool '${tool.name}' was left out: ${reason}`);
  }
  const rows = [...wanted.values()];
  const idOf = (tool: WantedTool): string | undefined => known.find(row => row.mcpName === tool.mcpName)?.id;
  return {
    kept: rows.flatMap(tool => {
      const id = idOf(tool);
      return id === undefined ? [] : [{ ...tool, id }];
    }),
    added: rows.filter(tool => idOf(tool) === undefined),
    deleted: known.filter(row => !rows.some(tool => tool.mcpName === row.mcpName)),
    warnings,
  };
}

export function wantedTool(tool: CheckedTool, toolPrefix: string | null): WantedTool {
  const name = offeredToolName(tool.name, toolPrefix);
  const jsonSchema = storedSchema(tool, name);
  return {
    mcpName: tool.name,
    name,
    description: jsonSchema.description,
    jsonSchema,
    annotations: { ...tool.annotations },
    retryClass: retryClassOf(tool),
  };
}

function refusal(
  { health }: CheckedTool,
  { name, mcpName }: WantedTool,
  wanted: ReadonlyMap<string, WantedTool>,
  taken: ReadonlySet<string>,
): string | null {
  if (health.status === 'INVALID') return `its schema is invalid (${health.reasons.join('; ')}).`;
  const twin = wanted.get(name);
  if (twin !== undefined) return twin.mcpName === mcpName ? 'its server lists it twice.' : `'${twin.mcpName}' has the name '${name}'.`;
  return taken.has(name) || builtinTool(name) !== null ? collisionText(name) : null;
}

export function collisionText(name: string): string {
  return `another tool has the name '${name}'. Give the server a tool_prefix.`;
}
