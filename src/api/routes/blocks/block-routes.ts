import {
  countBlocks,
  createBlockRoute,
  createInternalBlock,
  deleteBlock,
  deleteInternalBlock,
  listBlocks,
  listInternalBlocks,
  modifyBlock,
  retrieveBlock,
} from '../../../contract/blocks.contract.js';
import { notFound } from '../../../domain/errors.js';
import type { BlockUpdatesRepository } from '../../../repositories/block-updates.repository.js';
import type { BlockFilter, BlocksRepository } from '../../../repositories/blocks.repository.js';
import { handleRoute } from '../../mount-route.js';
import type { MountedRoute, RequestContext } from '../../mount-route.js';
import { presentBlock } from '../../presenters/block.js';
import { pageOf } from '../page.js';
import { toNewBlock } from './new-block.js';
import type { BlockSettings } from './new-block.js';
import { updateBlock } from './update-block.js';
import { tagVersion } from './write-condition.js';

export interface BlockRoutesDeps {
  readonly blocks: BlocksRepository;
  readonly blockUpdates: BlockUpdatesRepository;
  readonly settings: BlockSettings;
}

/** The operations on blocks by their ids, and their names under which V1's own services ask for them. */
export function blockRoutes({ blocks, blockUpdates, settings }: BlockRoutesDeps): MountedRoute[] {
  const list = (route: typeof listBlocks) =>
    handleRoute(route, async ({ query }, context) => {
      const filter: BlockFilter = {
        ...filterOf(query, context),
        labelSearch: query.label_search,
        descriptionSearch: query.description_search,
        valueSearch: query.value_search,
        agentsMoreThan: query.connected_to_agents_count_gt,
        agentsFewerThan: query.connected_to_agents_count_lt,
        agentsExactly: query.connected_to_agents_count_eq,
        showHidden: query.show_hidden_blocks,
        identityId: query.identity_id,
        identifierKeys: query.identifier_keys,
      };
      return (await blocks.list(filter, pageOf(query))).map(presentBlock);
    });
  const create = (route: typeof createBlockRoute) =>
    handleRoute(route, async ({ body }, context) =>
      presentBlock(await blocks.create(context.organizationId, context.userId, toNewBlock(body, settings))),
    );
  const remove = (route: typeof deleteBlock) =>
    handleRoute(route, async ({ params }, context) => {
      if (!(await blocks.delete(context.organizationId, params.block_id))) throw notFound('Block', params.block_id);
      return null;
    });
  return [
    list(listBlocks),
    list(listInternalBlocks),
    create(createBlockRoute),
    create(createInternalBlock),
    remove(deleteBlock),
    remove(deleteInternalBlock),
    handleRoute(countBlocks, ({ query }, context) => blocks.count(filterOf(query, context))),
    handleRoute(retrieveBlock, async ({ params }, context) => {
      const block = await blocks.find(context.organizationId, params.block_id);
      if (block === null) throw notFound('Block', params.block_id);
      tagVersion(block, context);
      return presentBlock(block);
    }),
    handleRoute(modifyBlock, ({ params, body }, context) => updateBlock(blockUpdates, params.block_id, body, context)),
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
