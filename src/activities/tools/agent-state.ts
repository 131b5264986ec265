import type { AgentRecord } from '../../repositories/agent-record.js';
import type { AgentsRepository } from '../../repositories/agents.repository.js';
import type { BlockEditsRepository } from '../../repositories/block-edits.repository.js';
import type { FreeCallContext } from '../../repositories/tool-calls.repository.js';

export interface AgentStateDeps {
  readonly agents: Pick<AgentsRepository, 'find'>;
  readonly blockEdits: BlockEditsRepository;
  /** As the API shows it. */
  readonly presentAgent: (agent: AgentRecord) => Readonly<Record<string, unknown>>;
}

type State = Readonly<Record<string, unknown>>;

/** What a function finds in `agent_state`: its agent without tools, rules and secrets. Null = there is no agent. */
export async function loadAgentState(
  { agents, presentAgent }: AgentStateDeps,
  { organizationId, agentId }: FreeCallContext,
): Promise<State | null> {
  const agent = agentId === null ? null : await agents.find(organizationId, agentId);
  return agent === null ? null : { ...presentAgent(agent), tools: [], tool_rules: [], secrets: [], tool_exec_environment_variables: [] };
}

/** Keeps the blocks that the function has changed, each once however often the call is repeated. What could not be kept is told as lines for stderr. */
export async function writeBack(
  { blockEdits }: AgentStateDeps,
  call: FreeCallContext,
  before: State,
  after: State,
): Promise<readonly string[]> {
  const { agentId, conversationId, stepId, id } = call;
  if (agentId === null || conversationId === null) return [];
  const old = valuesOf(before);
  const refused: string[] = [];
  for (const [label, value] of valuesOf(after)) {
    if (!old.has(label) || old.get(label) === value) continue;
    const { status, message } = await blockEdits.editByTool({
      agentId,
      conversationId,
      stepId,
      toolCallId: `${id}/block/${label}`,
      request: { kind: 'edit', edit: { kind: 'memory_rethink', label, newMemory: value } },
    });
    if (status === 'error') refused.push(`The block ${label} was not changed: ${message}`);
  }
  return refused;
}

function valuesOf({ memory }: State): ReadonlyMap<string, string> {
  const blocks = typeof memory === 'object' && memory !== null && 'blocks' in memory && Array.isArray(memory.blocks) ? memory.blocks : [];
  return new Map(
    blocks.flatMap((block: unknown) =>
      typeof block === 'object' &&
      block !== null &&
      'label' in block &&
      'value' in block &&
      typeof block.label === 'string' &&
      typeof block.value === 'string'
        ? [[block.label, block.value] as const]
        : [],
    ),
  );
}
