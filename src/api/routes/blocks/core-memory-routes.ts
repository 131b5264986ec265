import {
  listCoreMemoryBlocks,
  modifyCoreMemoryBlock,
  modifyInternalCoreMemoryBlock,
  retrieveCoreMemoryBlock,
} from '../../../contract/blocks.contract.js';
import { attachBlock, detachBlock, retrieveAgentMemory } from '../../../contract/agent-parts.contract.js';
import { notFound, RequestError } from '../../../domain/errors.js';
import type { AgentsRepository } from '../../../repositories/agents.repository.js';
import type { BlockUpdatesRepository } from '../../../repositories/block-updates.repository.js';
import type { BlocksRepository } from '../../../repositories/blocks.repository.js';
import { handleRoute } from '../../mount-route.js';
import type { MountedRoute, RequestContext } from '../../mount-route.js';
import { presentAgent } from '../../presenters/agent-state.js';
import { presentBlock } from '../../presenters/block.js';
import { pageOf } from '../page.js';
import { requireAgent } from '../require-agent.js';
import { updateBlock } from './update-block.js';
import { tagVersion } from './write-condition.js';

export interface CoreMemoryRoutesDeps {
  readonly agents: AgentsRepository;
  readonly blocks: BlocksRepository;
  readonly blockUpdates: BlockUpdatesRepository;
}

/** The blocks of one agent, by their labels. */
export function coreMemoryRoutes({ agents, blocks, blockUpdates }: CoreMemoryRoutesDeps): MountedRoute[] {
  const find = async (agentId: string, label: string, context: RequestContext) => {
    const block = await blocks.findOfAgent(context.organizationId, agentId, label);
    if (block === null) throw new RequestError('not-found', `No block with the label '${label}' found for agent '${agentId}'`);
    return block;
  };
  const showAgent = async (agentId: string, context: RequestContext) => {
    const agent = await agents.find(context.organizationId, agentId);
    if (agent === null) throw new RequestError('not-found', 'Agent not found');
    return presentAgent(agent);
  };
  const modify = (route: typeof modifyCoreMemoryBlock) =>
    handleRoute(route, async ({ params, body }, context) => {
      const { id } = await find(params.agent_id, params.block_label, context);
      return updateBlock(blockUpdates, id, body, context);
    });
  return [
    modify(modifyCoreMemoryBlock),
    modify(modifyInternalCoreMemoryBlock),
    handleRoute(retrieveAgentMemory, async ({ params }, context) => (await showAgent(params.agent_id, context)).memory),
    handleRoute(listCoreMemoryBlocks, async ({ params, query }, context) => {
      await requireAgent(agents, params.agent_id, context);
      const filter = { organizationId: context.organizationId, agentId: params.agent_id };
      return (await blocks.list(filter, pageOf(query))).map(presentBlock);
    }),
    handleRoute(retrieveCoreMemoryBlock, async ({ params }, context) => {
      const block = await find(params.agent_id, params.block_label, context);
      tagVersion(block, context);
      return presentBlock(block);
    }),
    handleRoute(attachBlock, async ({ params }, context) => {
      await requireAgent(agents, params.agent_id, context);
      if ((await blocks.find(context.organizationId, params.block_id)) === null) throw notFound('Block', params.block_id);
      await blocks.attach(params.agent_id, params.block_id);
      return showAgent(params.agent_id, context);
    }),
    handleRoute(detachBlock, async ({ params }, context) => {
      await requireAgent(agents, params.agent_id, context);
      if (!(await blocks.detach(params.agent_id, params.block_id)))
        throw new RequestError('not-found', `No block with id '${params.block_id}' found for agent '${params.agent_id}'`);
      return showAgent(params.agent_id, context);
    }),
  ];
}
