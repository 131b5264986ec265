import { lockBlock, keepVersion } from './block-updates.repository.js';
import type { BlockState } from '../domain/memory/resolve-write.js';
import { blockObject, stateObject } from './block-record.js';
import type { BlockRecord } from './block-record.js';
import type { TransactionalDatabase } from './database.js';
import { createConditions } from './sql-conditions.js';

/** One state that a block was in. */
export interface BlockVersionRecord extends BlockState {
  readonly version: number;
  readonly action: string;
  readonly restores: number | null;
  readonly authorType: 'user' | 'agent' | 'system';
  readonly authorId: string | null;
  readonly runId: string | null;
  readonly stepId: string | null;
  readonly toolCallId: string | null;
  readonly checkpoint: { readonly name: string | null } | null;
  readonly createdAt: string;
}

export interface VersionPage {
  readonly before: number | null;
  readonly after: number | null;
  readonly limit: number;
  readonly ascending: boolean;
}

export interface BlockMove {
  readonly organizationId: string;
  readonly userId: string;
  readonly id: string;
  readonly direction: 'undo' | 'redo';
  /** Only states that have a checkpoint. */
  readonly toCheckpoint: boolean;
  readonly expectedVersion: number | null;
}

export type BlockMoveOutcome =
  | { readonly kind: 'written'; readonly block: BlockRecord }
  | { readonly kind: 'missing' | 'at-end' }
  | { readonly kind: 'conflict'; readonly current: BlockRecord };

export interface Checkpoint {
  readonly version: number;
  readonly name: string | null;
  readonly createdById: string | null;
  readonly createdAt: string;
}

export function createBlockHistoryRepository(database: TransactionalDatabase) {
  return {
    /** The versions of a block that exists; `after` and `before` are numbers of versions in the direction of the list. */
    async list(blockId: string, { before, after, limit, ascending }: VersionPage): Promise<readonly BlockVersionRecord[]> {
      const conditions = createConditions();
      conditions.add('v.block_id = $?', blockId);
      conditions.addIf(after, `v.version ${ascending ? '>' : '<'} $?`);
      conditions.addIf(before, `v.version ${ascending ? '<' : '>'} $?`);
      const tail = `order by v.version ${ascending ? 'asc' : 'desc'} limit ${conditions.parameter(limit)}`;
      return database.query<BlockVersionRecord>(`${selectVersions} where ${conditions.sql} ${tail}`, conditions.parameters);
    },

    /** Those of the versions that exist. */
    versions: (blockId: string, versions: readonly number[]): Promise<readonly BlockVersionRecord[]> =>
      database.query<BlockVersionRecord>(`${selectVersions} where v.block_id = $1 and v.version = any($2::int[])`, [blockId, versions]),

    /** Marks the newest version. A second mark on it gives it another name. Null = no such block. */
    async checkpoint(organizationId: string, userId: string, blockId: string, name: string | null): Promise<Checkpoint | null> {
      const rows = await database.query<Checkpoint>(
        `insert into block_checkpoints (block_id, version, name, created_by_id)
         select id, version, $4, $3 from blocks where organization_id = $1 and id = $2
         on conflict (block_id, version) do update set name = excluded.name
         returning version, name, created_by_id as "createdById", created_at as "createdAt"`,
        [organizationId, blockId, userId, name],
      );
      return rows[0] ?? null;
    },

    /** Back to the state before the latest edit that is in force, or forth again, as a version of its own. An edit after an undo ends what can be redone. */
    move: (move: BlockMove): Promise<BlockMoveOutcome> =>
      database.transaction(async transaction => {
        const current = (await lockBlock(transaction, move))?.block;
        if (current === undefined) return { kind: 'missing' };
        if (move.expectedVersion !== null && move.expectedVersion !== current.version) return { kind: 'conflict', current };
        const sql = move.direction === 'undo' ? undoSql : redoSql;
        const rows = await transaction.query<{ block: BlockRecord }>(sql, [move.id, move.toCheckpoint, move.userId]);
        return rows[0] === undefined ? { kind: 'at-end' } : { kind: 'written', block: rows[0].block };
      }),
  };
}

export type BlockHistoryRepository = ReturnType<typeof createBlockHistoryRepository>;

const selectVersions = `
select v.version, v.label, v.value, v.char_limit as "limit", v.description, v.read_only as "readOnly", v.action, v.restores, v.author_type as "authorType",
       v.author_id as "authorId", s.run_id as "runId", v.step_id as "stepId", v.tool_call_id as "toolCallId", v.created_at as "createdAt",
       case when c.block_id is null then null else jsonb_build_object('name', c.name) end as checkpoint
  from block_versions v left join steps s on s.id = v.step_id left join block_checkpoints c on c.block_id = v.block_id and c.version = v.version`;

/** With its limit, so that no plan reads the whole history to find one row of it. */
const versionAt = (edit: string): string => `(select * from block_versions where block_id = $1 and version = ${edit} limit 1)`;

/**
 * An undo or a redo repeats the content of an edit and names it in `restores`, so each version stands for an edit: that one, or itself. The edit before an
 * edit is the one that the version before it stands for. `present` is the edit that the block stands for now.
 */
const presentSql = `present as (
  select b.id, coalesce(v.restores, v.version) as edit, ${stateObject('b')} as state
    from blocks b cross join lateral ${versionAt('b.version')} v where b.id = $1
)`;

const stepBack = `
  select coalesce(v.restores, v.version), chain.depth + 1 from chain cross join lateral ${versionAt('chain.edit - 1')} v`;

/** Edits whose state somebody has marked. */
const markedSql = `marked as (
  select coalesce(m.restores, m.version) as edit from block_checkpoints c cross join lateral ${versionAt('c.version')} m where c.block_id = $1
)`;

/** States that look like the present one are passed over: going to them would show nothing. */
const isTarget = `v.version <> present.edit and ${stateObject('v')} <> present.state and (not $2::boolean or v.version in (select edit from marked))`;

function moveTo(order: 'asc' | 'desc', action: 'undo' | 'redo'): string {
  return `target as (
  select v.* from chain cross join lateral ${versionAt('chain.edit')} v cross join present where ${isTarget} order by chain.depth ${order} limit 1
), edited as (
  update blocks b set label = t.label, value = t.value, char_limit = t.char_limit, description = t.description, read_only = t.read_only,
         version = b.version + 1, last_updated_by_id = $3, updated_at = now()
    from target t where b.id = $1 returning b.*
), ${keepVersion({ action: `'${action}'`, restores: '(select version from target)', author: '$3' })}
select ${blockObject('b')} as block from edited b`;
}

/** As far as the first edit to go to, and not at all where no checkpoint lies before. */
const undoSql = `
with recursive ${presentSql}, ${markedSql}, chain (edit, depth) as (
  select edit, 0 from present union all ${stepBack}
   where chain.edit > (select case when $2::boolean then min(edit) else 1 end from marked)
     and not exists (select from ${versionAt('chain.edit')} v cross join present where ${isTarget})
), ${moveTo('asc', 'undo')}`;

/** From the latest edit back to the present one. */
const redoSql = `
with recursive ${presentSql}, ${markedSql}, chain (edit, depth) as (
  select max(version), 0 from block_versions where block_id = $1 and restores is null
  union all ${stepBack} cross join present where chain.edit > 1 and chain.edit <> present.edit
), ${moveTo('desc', 'redo')}`;
