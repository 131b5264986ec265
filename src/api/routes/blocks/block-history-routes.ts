import { checkpointBlock, diffBlock, listBlockHistory, redoBlock, undoBlock } from '../../../contract/block-history.contract.js';
import { notFound, RequestError } from '../../../domain/errors.js';
import type { BlockHistoryRepository, BlockMove } from '../../../repositories/block-history.repository.js';
import type { BlockRecord } from '../../../repositories/block-record.js';
import type { BlocksRepository } from '../../../repositories/blocks.repository.js';
import { handleRoute } from '../../mount-route.js';
import type { MountedRoute, RequestContext } from '../../mount-route.js';
import { presentBlock } from '../../presenters/block.js';
import { presentBlockDiff, presentBlockVersion } from '../../presenters/block-version.js';
import { instantOrNull } from '../../presenters/wire-fields.js';
import { expectedVersion, tagVersion, versionConflict } from './write-condition.js';
import { largestPageOfLongRows } from '../page.js';

export interface BlockHistoryRoutesDeps {
  readonly blocks: Pick<BlocksRepository, 'find'>;
  readonly blockHistory: BlockHistoryRepository;
}

export function blockHistoryRoutes({ blocks, blockHistory }: BlockHistoryRoutesDeps): MountedRoute[] {
  const find = async (id: string, context: RequestContext): Promise<BlockRecord> => {
    const block = await blocks.find(context.organizationId, id);
    if (block === null) throw notFound('Block', id);
    return block;
  };
  const move = async (order: Pick<BlockMove, 'id' | 'direction' | 'toCheckpoint' | 'expectedVersion'>, context: RequestContext) => {
    const { organizationId, userId } = context;
    const outcome = await blockHistory.move({ ...order, organizationId, userId });
    switch (outcome.kind) {
      case 'missing':
        throw notFound('Block', order.id);
      case 'at-end':
        throw new RequestError(
          'invalid',
          `Block ${order.id} has nothing to ${order.direction}${order.toCheckpoint ? ' up to a checkpoint' : ''}`,
        );
      case 'conflict':
        throw versionConflict(outcome.current, order.expectedVersion ?? outcome.current.version, [], null);
      case 'written':
        tagVersion(outcome.block, context);
        return presentBlock(outcome.block);
    }
  };
  return [
    handleRoute(listBlockHistory, async ({ params, query }, context) => {
      const { id } = await find(params.block_id, context);
      const page = {
        before: query.before ?? null,
        after: query.after ?? null,
        limit: Math.min(query.limit, largestPageOfLongRows),
        ascending: query.order === 'asc',
      };
      return (await blockHistory.list(id, page)).map(version => presentBlockVersion(id, version));
    }),
    handleRoute(diffBlock, async ({ params, query }, context) => {
      const block = await find(params.block_id, context);
      const to = query.to ?? block.version;
      const from = query.from ?? Math.max(1, to - 1);
      const versions = await blockHistory.versions(block.id, [from, to]);
      const pick = (number: number) => {
        const version = versions.find(candidate => candidate.version === number);
        if (version === undefined) throw new RequestError('not-found', `Block ${block.id} has no version ${number}`);
        return version;
      };
      return presentBlockDiff(block.id, pick(from), pick(to));
    }),
    ...([undoBlock, redoBlock] as const).map(route =>
      handleRoute(route, ({ params, body }, context) => {
        const direction = route === undoBlock ? 'undo' : 'redo';
        const order = { id: params.block_id, direction, toCheckpoint: body.to === 'checkpoint' } as const;
        return move({ ...order, expectedVersion: expectedVersion(body, context) }, context);
      }),
    ),
    handleRoute(checkpointBlock, async ({ params, body }, context) => {
      const mark = await blockHistory.checkpoint(context.organizationId, context.userId, params.block_id, body.name ?? null);
      if (mark === null) throw notFound('Block', params.block_id);
      return {
        block_id: params.block_id,
        version: mark.version,
        name: mark.name,
        created_by_id: mark.createdById,
        created_at: instantOrNull(mark.createdAt),
      };
    }),
  ];
}
