/** The prefix of every kind of id; an id is `<prefix>-<uuid4>`. */
export const idPrefixes = {
  agent: 'agent',
  message: 'message',
  run: 'run',
  job: 'job',
  step: 'step',
  group: 'group',
  block: 'block',
  event: 'event',
  file: 'file',
  source: 'source',
  tool: 'tool',
  toolTrial: 'tool_trial',
  toolRule: 'tool_rule',
  providerTrace: 'provider_trace',
  archive: 'archive',
  passage: 'passage',
  provider: 'provider',
  model: 'model',
  sandboxConfig: 'sandbox',
  sandboxVariable: 'sandbox-env',
  agentVariable: 'agent-env',
  identity: 'identity',
  conversation: 'conv',
  compaction: 'compaction',
  mcpServer: 'mcp_server',
  mcpOauth: 'mcp-oauth',
  fileAgent: 'file_agent',
  user: 'user',
  organization: 'org',
  batchItem: 'batch_item',
  batchRequest: 'batch_req',
} as const;

export type IdPrefix = (typeof idPrefixes)[keyof typeof idPrefixes];

/** Who acts when a request names nobody. */
export const defaultOrganizationId = 'org-00000000-0000-4000-8000-000000000000';
export const defaultUserId = 'user-00000000-0000-4000-8000-000000000000';

const uuid4 = '[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}';
const uuid4Pattern = new RegExp(`^${uuid4}$`);

/** The pattern that path parameters of this kind have to match, as a source string for contracts and documents. */
export function idPattern(prefix: IdPrefix): string {
  return `^${prefix}-${uuid4}$`;
}

/** Whether `value` is a well-formed id of this kind: lower case, version 4. */
export function isId(prefix: IdPrefix, value: string): boolean {
  return value.startsWith(`${prefix}-`) && uuid4Pattern.test(value.slice(prefix.length + 1));
}
