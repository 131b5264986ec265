import { resolveWrite } from '../domain/memory/resolve-write.js';
import type { BlockState } from '../domain/memory/resolve-write.js';
import type { BlockEditsOptions } from './block-edits.repository.js';
import { blockObject, stateObject } from './block-record.js';
import type { BlockRecord } from './block-record.js';
import type { Database, TransactionalDatabase } from './database.js';
import { createConditions } from './sql-conditions.js';
import { markStale } from './stale-conversations.js';

/** Members that are sent; `undefined` leaves a member as it is. */
export interface BlockChange {
  readonly label?: string;
  readonly value?: string;
  readonly char_limit?: number;
  readonly description?: string | null;
  readonly read_only?: boolean;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly hidden?: boolean;
  readonly tags?: readonly string[];
  readonly is_template?: boolean;
  readonly template_name?: string;
  readonly template_id?: string;
  readonly base_template_id?: string;
  readonly deployment_id?: string;
  readonly entity_id?: string;
  readonly project_id?: string;
  readonly preserve_on_migration?: boolean;
}

/** What a write asks of the block: to be at this version still, or nothing but to be merged with what came after the version that it was made from. */
export type WriteCondition = { readonly kind: 'unchanged' | 'merge'; readonly version: number } | null;

export interface BlockUpdate {
  readonly organizationId: string;
  readonly userId: string;
  readonly id: string;
  readonly change: BlockChange;
  readonly condition?: WriteCondition;
}

export type BlockUpdateOutcome =
  | { readonly kind: 'written'; readonly block: BlockRecord }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unknown-version' }
  | { readonly kind: 'too-long'; readonly message: string }
  | { readonly kind: 'conflict'; readonly current: BlockRecord; readonly members: readonly (keyof BlockState)[] };

interface LockedBlock {
  readonly block: BlockRecord;
  /** The state at the version of the condition. */
  readonly base: BlockState | null;
}

export function createBlockUpdatesRepository(database: TransactionalDatabase, options: BlockEditsOptions) {
  return {
    /** Changes a block, as a new version where its content changes; the system messages that show the change become stale. */
    update: (update: BlockUpdate): Promise<BlockUpdateOutcome> =>
      database.transaction(async transaction => {
        const condition = update.condition ?? null;
        const locked = await lockBlock(transaction, update, condition?.version ?? null);
        if (locked === null) return { kind: 'missing' };
        const { block: current, base } = locked;
        if (condition !== null && base === null) return { kind: 'unknown-version' };
        if (condition?.kind === 'unchanged' && condition.version !== current.version)
          return { kind: 'conflict', current, members: ['value'] };
        const resolved = resolveWrite(current, wantedState(update.change), base, options);
        if (resolved.kind === 'conflict') return { ...resolved, current };
        if (resolved.kind === 'too-long') return resolved;
        return { kind: 'written', block: await write(transaction, update, current, resolved.state) };
      }),
  };
}

export type BlockUpdatesRepository = ReturnType<typeof createBlockUpdatesRepository>;

/** Holds the block's row to the transaction's end. */
export async function lockBlock(
  database: Database,
  { organizationId, id }: Pick<BlockUpdate, 'organizationId' | 'id'>,
  version: number | null = null,
): Promise<LockedBlock | null> {
  const rows = await database.query<LockedBlock>(
    `select ${blockObject('b')} as block, (select ${stateObject('v')} from block_versions v where v.block_id = b.id and v.version = $3) as base
       from blocks b where b.organization_id = $1 and b.id = $2 for update of b`,
    [organizationId, id, version],
  );
  return rows[0] ?? null;
}

function wantedState({ label, value, char_limit: limit, description, read_only: readOnly }: BlockChange): Partial<BlockState> {
  return {
    ...(label === undefined ? {} : { label }),
    ...(value === undefined ? {} : { value }),
    ...(limit === undefined ? {} : { limit }),
    ...(description === undefined ? {} : { description }),
    ...(readOnly === undefined ? {} : { readOnly }),
  };
}

async function write(
  database: Database,
  { userId, id, change }: BlockUpdate,
  current: BlockRecord,
  state: BlockState,
): Promise<BlockRecord> {
  const { label, value, limit, description, readOnly } = state;
  const changesContent = Object.entries(state).some(([member, wanted]) => current[member as keyof BlockState] !== wanted);
  const conditions = createConditions();
  const columns = { ...change, label, value, char_limit: limit, description, read_only: readOnly };
  const sets = Object.entries(columns)
    .filter(([, member]) => member !== undefined)
    .map(([column, member]) => `${column} = ${conditions.parameter(column === 'metadata' ? JSON.stringify(member) : member)}`);
  const user = conditions.parameter(userId);
  const where = `id = ${conditions.parameter(id)}`;
  const version = changesContent ? ['version = version + 1'] : [];
  const rows = await database.query<{ block: BlockRecord }>(
    `with edited as (
       update blocks set ${[...sets, `last_updated_by_id = ${user}`, ...version, 'updated_at = now()'].join(', ')} where ${where} returning *
     )${changesContent ? `, ${keepVersion({ action: "'edit'", restores: 'null', author: user })}` : ''}
     select ${blockObject('b')} as block from edited b`,
    conditions.parameters,
  );
  const row = rows[0];
  if (row === undefined) throw new Error(`Block ${id} was locked and is gone`);
  return row.block;
}

/** Parts of a statement: what follows from a new version by a user of the block in `edited`. The arguments are SQL. */
export function keepVersion({
  action,
  restores,
  author,
}: {
  readonly action: string;
  readonly restores: string;
  readonly author: string;
}): string {
  return `kept as (
    insert into block_versions (block_id, version, label, value, char_limit, description, read_only, action, restores, author_type, author_id)
    select id, version, label, value, char_limit, description, read_only, ${action}, ${restores}, 'user', ${author} from edited
  ), relabelled as (
    update blocks_agents ba set block_label = edited.label from edited where ba.block_id = edited.id and ba.block_label <> edited.label
  ), ${markStale('edited')}`;
}
