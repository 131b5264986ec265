import { z } from 'zod';
import type { AgentsRepository } from '../../repositories/agents.repository.js';
import type { BlockRecord } from '../../repositories/block-record.js';
import type { BlockUpdatesRepository } from '../../repositories/block-updates.repository.js';
import type { BlocksRepository } from '../../repositories/blocks.repository.js';
import { insertPassage, searchArchives } from '../routes/archival/agent-archives.js';
import type { AgentArchivesDeps } from '../routes/archival/agent-archives.js';
import { writeBlock } from '../routes/blocks/update-block.js';
import { wholePage } from '../routes/page.js';
import { requireAgent } from '../routes/require-agent.js';
import { agentId } from './agent-tools.js';
import { findBlock } from './find-block.js';
import { defineMcpTool } from './mcp-tool.js';
import type { McpTool } from './mcp-tool.js';

export interface MemoryToolsDeps extends AgentArchivesDeps {
  readonly agents: AgentsRepository;
  readonly blocks: BlocksRepository;
  readonly blockUpdates: BlockUpdatesRepository;
}

const label = z.string().min(1).describe('Label of the block.');

/** The tools that read and write what agents remember. */
export function memoryTools(deps: MemoryToolsDeps): McpTool[] {
  return [...blockTools(deps), ...archivalTools(deps)];
}

function blockTools({ agents, blocks, blockUpdates }: MemoryToolsDeps): McpTool[] {
  return [
    defineMcpTool({
      name: 'list_memory_blocks',
      description: 'Lists the memory blocks of an agent with their values: what the agent always has before it.',
      isReadOnly: true,
      input: z.strictObject({ agent_id: agentId }),
      async run({ agent_id: id }, caller) {
        await requireAgent(agents, id, caller);
        const found = await blocks.list({ organizationId: caller.organizationId, agentId: id }, wholePage);
        return { data: { blocks: found.map(present) } };
      },
    }),
    defineMcpTool({
      name: 'get_memory_block',
      description: 'Reads one memory block of an agent, with the version that update_memory_block wants to know.',
      isReadOnly: true,
      input: z.strictObject({ agent_id: agentId, label }),
      run: async ({ agent_id: id, label: name }, caller) => ({ data: present(await findBlock(blocks, id, name, caller)) }),
    }),
    defineMcpTool({
      name: 'update_memory_block',
      description:
        'Replaces the value of a memory block of an agent. With the version that was read, a block that others have changed meanwhile is left as it is: ' +
        'read it again then.',
      isReadOnly: false,
      input: z.strictObject({
        agent_id: agentId,
        label,
        value: z.string().describe('The whole new value.'),
        expected_version: z.number().int().min(1).optional().describe('The version that the new value was made from.'),
      }),
      async run({ agent_id: id, label: name, value, expected_version: version }, caller) {
        const { id: blockId } = await findBlock(blocks, id, name, caller);
        const condition = version === undefined ? null : ({ kind: 'unchanged', version } as const);
        return { data: present(await writeBlock(blockUpdates, { id: blockId, body: { value }, condition }, caller)) };
      },
    }),
  ];
}

function archivalTools(deps: MemoryToolsDeps): McpTool[] {
  return [
    defineMcpTool({
      name: 'insert_archival_memory',
      description:
        'Puts a text into the long-term memory of an agent, where it finds it by meaning and by words. The same text again changes nothing.',
      isReadOnly: false,
      input: z.strictObject({
        agent_id: agentId,
        text: z.string().min(1).describe('One thing to remember, which can be understood by itself.'),
        tags: z.array(z.string()).optional().describe('Words to find it by.'),
      }),
      async run({ agent_id: id, ...body }, caller) {
        const stored = await insertPassage(deps, id, body, caller);
        return { data: { passages: stored.map(({ id: passageId, text, tags }) => ({ id: passageId, text, tags })) } };
      },
    }),
    defineMcpTool({
      name: 'search_archival_memory',
      description: 'Searches the long-term memory of an agent by meaning and by words.',
      isReadOnly: true,
      input: z.strictObject({
        agent_id: agentId,
        query: z.string().min(1),
        tags: z.array(z.string()).optional().describe('Only passages with one of these tags.'),
        top_k: z.number().int().min(1).max(100).default(10),
      }),
      run: async ({ agent_id: id, ...question }, caller) => ({
        data: await searchArchives(deps, id, { ...question, tag_match_mode: 'any' }, caller),
      }),
    }),
  ];
}

function present({ id, label: name, value, description, limit, readOnly, version }: BlockRecord) {
  return { id, label: name, value, description, limit, read_only: readOnly, version };
}
