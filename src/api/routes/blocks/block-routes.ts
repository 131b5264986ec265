import {
  countBlocks,
  createBlockRoute,
  deleteBlock,
  listBlocks,
  listCoreMemoryBlocks,
  modifyBlock,
  modifyCoreMemoryBlock,
  retrieveBlock,
  retrieveCoreMemoryBlock,
} from '../../../contract/blocks.contract.js';
import { attachBlock, detachBlock } from '../../../contract/agent-parts.contract.js';
import { notFound, RequestError } from '../../../domain/errors.js';
import type { AgentsRepository } from '../../../repositories/agents.repository.js';
import type { BlockFilter, BlocksRepository } from '../../../repositories/blocks.repository.js';
import { handleRoute } from '../../mount-route.js';
import type { MountedRoute, RequestContext } from '../../mount-route.js';
import { presentAgent } from '../../presenters/agent-state.js';
import { presentBlock } from '../../presenters/block.js';
import { pageOf } from '../page.js';
import { requireAgent } from '../require-agent.js';
import { toBlockChange, toNewBlock } from './new-block.js';

export interface BlockRoutesDeps {
  readonly agents: AgentsRepository;
  readonly blocks: BlocksRepository;
}

export function blockRoutes(deps: BlockRoutesDeps): MountedRoute[] {
  return [...blockOperations(deps), ...coreMemoryOperations(deps)];
}

function blockOperations({ blocks }: BlockRoutesDeps): MountedRoute[] {
  return [
    handleRoute(listBlocks, async ({ query }, context) => {
      const filter: BlockFilter = {
        ...filterOf(query, context),
        labelSearch: query.label_search,
        descriptionSearch: query.description_search,
        valueSearch: query.value_search,
        agentsMoreThan: query.connected_to_agents_count_gt,
        agentsFewerThan: query.connected_to_agents_count_lt,
        agentsExactly: query.connected_to_agents_count_eq,
        showHidden: query.show_hidden_blocks,
      };
      // Blocks of this version have no identities, so nothing can match.
      if (query.identity_id !== undefined || query.identifier_keys !== undefined) return [];
      return (await blocks.list(filter, pageOf(query))).map(presentBlock);
    }),
    handleRoute(countBlocks, ({ query }, context) => blocks.count(filterOf(query, context))),
    handleRoute(createBlockRoute, async ({ body }, context) =>
      presentBlock(await blocks.create(context.organizationId, context.userId, toNewBlock(body))),
    ),
    handleRoute(retrieveBlock, async ({ params }, context) => {
      const block = await blocks.find(context.organizationId, params.block_id);
      if (block === null) throw notFound('Block', params.block_id);
      return presentBlock(block);
    }),
    handleRoute(modifyBlock, async ({ params, body }, context) => {
      const block = await blocks.update(context.organizationId, context.userId, params.block_id, toBlockChange(body));
      if (block === null) throw notFound('Block', params.block_id);
      return presentBlock(block);
    }),
    handleRoute(deleteBlock, async ({ params }, context) => {
      if (!(await blocks.delete(context.organizationId, params.block_id))) throw notFound('Block', params.block_id);
      return null;
    }),
  ];
}

function coreMemoryOperations({ agents, blocks }: BlockRoutesDeps): MountedRoute[] {
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
  return [
    handleRoute(listCoreMemoryBlocks, async ({ params, query }, context) => {
      await requireAgent(agents, params.agent_id, context);
      const filter = { organizationId: context.organizationId, agentId: params.agent_id };
      return (await blocks.list(filter, pageOf(query))).map(presentBlock);
    }),
    handleRoute(retrieveCoreMemoryBlock, async ({ params }, context) =>
      presentBlock(await find(params.agent_id, params.block_label, context)),
    ),
    handleRoute(modifyCoreMemoryBlock, async ({ params, body }, context) => {
      const { id } = await find(params.agent_id, params.block_label, context);
      const block = await blocks.update(context.organizationId, context.userId, id, toBlockChange(body));
      if (block === null) throw notFound('Block', id);
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

interface FilterQuery {
  readonly label?: string | undefined;
  readonly templates_only: boolean;
  readonly name?: string | undefined;
  readonly project_id?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly match_all_tags: boolean;
}

function filterOf(query: FilterQuery, context: RequestContext): BlockFilter {
  return {
    organizationId: context.organizationId,
    label: query.label,
    templatesOnly: query.templates_only,
    templateName: query.name,
    projectId: query.project_id,
    tags: query.tags,
    matchAllTags: query.match_all_tags,
  };
}
