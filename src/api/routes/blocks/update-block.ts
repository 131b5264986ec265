import type { UpdateBlockBody } from '../../../contract/blocks.contract.js';
import { notFound, RequestError } from '../../../domain/errors.js';
import type { BlockState } from '../../../domain/memory/resolve-write.js';
import type { BlockRecord } from '../../../repositories/block-record.js';
import type { BlockUpdatesRepository, WriteCondition } from '../../../repositories/block-updates.repository.js';
import type { RequestContext } from '../../mount-route.js';
import { presentBlock } from '../../presenters/block.js';
import { toBlockChange } from './new-block.js';
import { tagVersion, versionConflict, writeCondition } from './write-condition.js';

/** The answer to a change of a block, by its id as by its label. */
export async function updateBlock(
  blockUpdates: BlockUpdatesRepository,
  id: string,
  body: UpdateBlockBody,
  context: RequestContext,
): Promise<ReturnType<typeof presentBlock>> {
  const block = await writeBlock(blockUpdates, { id, body, condition: writeCondition(body, context) }, context);
  tagVersion(block, context);
  return presentBlock(block);
}

interface BlockWrite {
  readonly id: string;
  readonly body: UpdateBlockBody;
  readonly condition: WriteCondition;
}

/** Changes a block, or throws what the API answers to a change that cannot be. */
export async function writeBlock(
  blockUpdates: BlockUpdatesRepository,
  { id, body, condition }: BlockWrite,
  { organizationId, userId }: Pick<RequestContext, 'organizationId' | 'userId'>,
): Promise<BlockRecord> {
  const outcome = await blockUpdates.update({ organizationId, userId, id, change: toBlockChange(body), condition });
  switch (outcome.kind) {
    case 'written':
      return outcome.block;
    case 'missing':
      throw notFound('Block', id);
    case 'unknown-version':
      throw new RequestError('unprocessable', `Block ${id} has no version ${condition?.version ?? 0}`);
    case 'too-long':
      throw new RequestError('unprocessable', outcome.message);
    case 'conflict':
      throw versionConflict(
        outcome.current,
        condition?.version ?? outcome.current.version,
        outcome.members.map(member => wireNames[member]),
        body.value ?? null,
      );
  }
}

const wireNames: Readonly<Record<keyof BlockState, string>> = {
  label: 'label',
  value: 'value',
  limit: 'limit',
  description: 'description',
  readOnly: 'read_only',
};
