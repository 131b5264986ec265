/** What a tool that is no part of the server is made of. */
export type ToolKind = 'python' | 'typescript' | 'rest' | 'mcp';

/** The code of these comes from users: it runs where there are sandboxes for it. */
const sandboxedKinds: ReadonlySet<ToolKind | null> = new Set<ToolKind>(['python', 'typescript']);

/** Null = a tool that is part of the server. */
export function kindOf({ toolType, sourceType }: { readonly toolType: string; readonly sourceType: string }): ToolKind | null {
  if (toolType === 'external_mcp') return 'mcp';
  if (toolType !== 'custom') return null;
  if (sourceType === 'json') return 'rest';
  return sourceType === 'python' || sourceType === 'typescript' ? sourceType : null;
}

/** Where the calls of a tool run that is no part of the server. */
export function executionOfKind(tool: Parameters<typeof kindOf>[0]): 'sandbox' | 'external' {
  return sandboxedKinds.has(kindOf(tool)) ? 'sandbox' : 'external';
}
