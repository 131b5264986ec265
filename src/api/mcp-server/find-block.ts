import { RequestError } from '../../domain/errors.js';
import type { BlockRecord } from '../../repositories/block-record.js';
import type { BlocksRepository } from '../../repositories/blocks.repository.js';
import type { McpCaller } from './mcp-tool.js';

/** Throws a RequestError when the agent has no such block. */
export async function findBlock(
  blocks: Pick<BlocksRepository, 'findOfAgent'>,
  agentId: string,
  label: string,
  { organizationId }: Pick<McpCaller, 'organizationId'>,
): Promise<BlockRecord> {
  const block = await blocks.findOfAgent(organizationId, agentId, label);
  if (block === null) throw new RequestError('not-found', `No block with the label '${label}' found for agent '${agentId}'`);
  return block;
}
