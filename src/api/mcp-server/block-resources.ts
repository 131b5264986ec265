import { RequestError } from '../../domain/errors.js';
import { isId } from '../../domain/ids.js';
import { noParts } from '../../repositories/agent-record.js';
import type { AgentsRepository } from '../../repositories/agents.repository.js';
import type { BlocksRepository } from '../../repositories/blocks.repository.js';
import { findBlock } from './find-block.js';
import type { McpCaller } from './mcp-tool.js';

export interface BlockResourcesDeps {
  readonly agents: AgentsRepository;
  readonly blocks: BlocksRepository;
}

export const blockTemplate = {
  uriTemplate: 'perdura://agents/{agent_id}/blocks/{label}',
  name: 'memory block',
  description: 'A memory block of an agent, by its label.',
  mimeType: 'text/plain',
};

const agentsOfPage = 50;

/** The memory blocks of agents as resources. A cursor is the id of the last agent of a page. */
export async function listBlocks(
  { agents }: BlockResourcesDeps,
  cursor: string | null,
  { organizationId }: Pick<McpCaller, 'organizationId'>,
) {
  const page = { before: null, after: cursor, limit: agentsOfPage, ascending: false };
  const found = await agents.list({ organizationId }, 'created_at', page, { ...noParts, blocks: true });
  const resources = found.flatMap(agent =>
    agent.blocks.map(({ label, description, value }) => ({
      uri: uriOf(agent.id, label),
      name: `${agent.name}: ${label}`,
      ...(description === null ? {} : { description }),
      mimeType: blockTemplate.mimeType,
      size: new TextEncoder().encode(value).length,
    })),
  );
  const last = found.at(-1);
  return { resources, ...(found.length === agentsOfPage && last !== undefined ? { nextCursor: last.id } : {}) };
}

/** Throws a RequestError when the URI names no block. */
export async function readBlock({ blocks }: BlockResourcesDeps, uri: string, caller: Pick<McpCaller, 'organizationId'>) {
  const [, agentId = '', label = ''] = /^perdura:\/\/agents\/([^/]+)\/blocks\/([^/]+)$/.exec(uri) ?? [];
  if (!isId('agent', agentId)) throw new RequestError('not-found', `There is no resource ${uri}`);
  const block = await findBlock(blocks, agentId, decoded(label), caller);
  return { contents: [{ uri, mimeType: blockTemplate.mimeType, text: block.value }] };
}

function uriOf(agentId: string, label: string): string {
  return `perdura://agents/${agentId}/blocks/${encodeURIComponent(label)}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
