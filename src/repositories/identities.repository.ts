import { notFound } from '../domain/errors.js';
import { contains } from './contains.js';
import type { Database } from './database.js';
import { identityObject } from './identity-record.js';
import type { IdentityProperty, IdentityRecord } from './identity-record.js';
import { requireCursors } from './page-cursors.js';
import { createConditions, keyset } from './sql-conditions.js';
import type { KeysetPage } from './sql-conditions.js';

export interface IdentityFilter {
  readonly organizationId: string;
  readonly name?: string | undefined;
  readonly projectId?: string | undefined;
  readonly identifierKey?: string | undefined;
  readonly identityType?: string | undefined;
}

/** Of the organisation that asks, by its user. */
interface Actor {
  readonly organizationId: string;
  readonly userId: string;
}

export interface NewIdentity extends Actor {
  /** An existing identity keeps its own. */
  readonly id: string;
  readonly identifierKey: string;
  readonly name: string;
  readonly identityType: string;
  readonly projectId: string | null;
  /** Null = none; of an identity that is there already: as they are. */
  readonly properties: readonly IdentityProperty[] | null;
  readonly agentIds: readonly string[] | null;
  readonly blockIds: readonly string[] | null;
}

export interface IdentityChange extends Actor {
  readonly id: string;
  /** Null = it stays. */
  readonly identifierKey: string | null;
  readonly name: string | null;
  readonly identityType: string | null;
  /** Put in the place of those with the same keys, or behind the others. */
  readonly properties: readonly IdentityProperty[];
  /** In addition. */
  readonly agentIds: readonly string[];
  readonly blockIds: readonly string[];
}

export type IdentityTarget = 'agent' | 'block';

const table = { name: 'identities', alias: 'i', column: 'created_at', noun: 'Identity' } as const;

export function createIdentitiesRepository(database: Database) {
  const select = async (tail: string, parameters: readonly unknown[]): Promise<IdentityRecord[]> => {
    const rows = await database.query<{ identity: IdentityRecord }>(
      `select ${identityObject('i')} as identity from identities i ${tail}`,
      parameters,
    );
    return rows.map(row => row.identity);
  };
  const find = async (organizationId: string, id: string): Promise<IdentityRecord | null> =>
    (await select('where i.organization_id = $1 and i.id = $2', [organizationId, id]))[0] ?? null;
  const written = async (organizationId: string, rows: readonly { readonly id: string }[]): Promise<IdentityRecord | null> =>
    rows[0] === undefined ? null : find(organizationId, rows[0].id);
  return {
    find,

    async list(filter: IdentityFilter, page: KeysetPage): Promise<IdentityRecord[]> {
      await requireCursors(database, table, { organization_id: filter.organizationId }, page);
      const conditions = createConditions();
      conditions.add('i.organization_id = $?', filter.organizationId);
      conditions.addIf(filter.name, contains('i.name'));
      conditions.addIf(filter.projectId, 'i.project_id = $?');
      conditions.addIf(filter.identifierKey, 'i.identifier_key = $?');
      conditions.addIf(filter.identityType, 'i.identity_type = $?');
      const tail = keyset(conditions, page, table);
      return select(tail, conditions.parameters);
    },

    async count(organizationId: string): Promise<number> {
      const rows = await database.query<{ n: number }>('select count(*)::int as n from identities where organization_id = $1', [
        organizationId,
      ]);
      return rows[0]?.n ?? 0;
    },

    /** Throws V1's 404 for the first of the ids that the organisation does not have. No statement without ids. */
    async requireAll(organizationId: string, ids: readonly string[]): Promise<void> {
      if (ids.length === 0) return;
      const rows = await database.query<{ id: string }>('select id from identities where organization_id = $1 and id = any($2)', [
        organizationId,
        ids,
      ]);
      const missing = ids.find(id => !rows.some(row => row.id === id));
      if (missing !== undefined) throw notFound('Identity', missing);
    },

    /** Throws V1's 404 for the first agent or block that the organisation does not have. */
    async requireTargets(organizationId: string, agentIds: readonly string[], blockIds: readonly string[]): Promise<void> {
      if (agentIds.length === 0 && blockIds.length === 0) return;
      const rows = await database.query<{ id: string }>(
        `select id from agents where organization_id = $1 and id = any($2) union all select id from blocks where organization_id = $1 and id = any($3)`,
        [organizationId, agentIds, blockIds],
      );
      const missing = (ids: readonly string[]): string | undefined => ids.find(id => !rows.some(row => row.id === id));
      const [agent, block] = [missing(agentIds), missing(blockIds)];
      if (agent !== undefined) throw notFound('Agent', agent);
      if (block !== undefined) throw notFound('Block', block);
    },

    /** Throws Postgres' unique violation when the project has an identity of the key. */
    create: async (identity: NewIdentity): Promise<IdentityRecord | null> =>
      written(identity.organizationId, await database.query(saveSql('on conflict (id) do nothing'), parametersOf(identity))),

    /** Makes an identity, or gives the one of this key in this project what is named: agents and properties as a whole, blocks not at all. */
    upsert: async (identity: NewIdentity): Promise<IdentityRecord | null> =>
      written(identity.organizationId, await database.query(saveSql(replaceOnConflict), parametersOf(identity))),

    /** Adds; nothing is taken away. Null = no such identity. */
    async update(change: IdentityChange): Promise<IdentityRecord | null> {
      const rows = await database.query<{ id: string }>(updateSql, [
        change.organizationId,
        change.id,
        change.identifierKey,
        change.name,
        change.identityType,
        JSON.stringify(change.properties),
        change.agentIds,
        change.blockIds,
        change.userId,
      ]);
      return written(change.organizationId, rows);
    },

    /** False = no such identity. */
    async replaceProperties({ organizationId, userId }: Actor, id: string, properties: readonly IdentityProperty[]): Promise<boolean> {
      const rows = await database.query(
        'update identities set properties = $3, last_updated_by_id = $4, updated_at = now() where organization_id = $1 and id = $2 returning id',
        [organizationId, id, JSON.stringify(properties), userId],
      );
      return rows.length > 0;
    },

    /** Its agents and blocks stay. False = no such identity. */
    async delete(organizationId: string, id: string): Promise<boolean> {
      const rows = await database.query('delete from identities where organization_id = $1 and id = $2 returning id', [organizationId, id]);
      return rows.length > 0;
    },

    /** One that is attached already stays so. */
    async attach(target: IdentityTarget, identityId: string, targetId: string): Promise<void> {
      await database.query(
        `insert into identities_${target}s (identity_id, ${target}_id) select i.id, t.id from identities i join ${target}s t on t.organization_id = i.organization_id
          where i.id = $1 and t.id = $2 on conflict do nothing`,
        [identityId, targetId],
      );
    },

    async detach(target: IdentityTarget, identityId: string, targetId: string): Promise<void> {
      await database.query(`delete from identities_${target}s where identity_id = $1 and ${target}_id = $2`, [identityId, targetId]);
    },
  };
}

export type IdentitiesRepository = ReturnType<typeof createIdentitiesRepository>;

function parametersOf(identity: NewIdentity): readonly unknown[] {
  return [
    identity.id,
    identity.organizationId,
    identity.identifierKey,
    identity.name,
    identity.identityType,
    identity.projectId,
    identity.properties === null ? null : JSON.stringify(identity.properties),
    identity.userId,
    identity.agentIds,
    identity.blockIds,
  ];
}

const replaceOnConflict = `
on conflict (organization_id, identifier_key, coalesce(project_id, '')) do update
   set name = excluded.name, identity_type = excluded.identity_type, properties = coalesce($7::jsonb, identities.properties),
       last_updated_by_id = excluded.last_updated_by_id, updated_at = now()`;

/** `xmax` of a row that was there already is the transaction that has changed it. */
function saveSql(onConflict: string): string {
  return `
with saved as (
  insert into identities (id, organization_id, identifier_key, name, identity_type, project_id, properties, created_by_id, last_updated_by_id)
  values ($1, $2, $3, $4, $5, $6, coalesce($7::jsonb, '[]'), $8, $8)
  ${onConflict}
  returning id, organization_id, xmax = 0 as is_new
), lost as (
  delete from identities_agents x using saved where x.identity_id = saved.id and $9::text[] is not null and x.agent_id <> all($9)
), agents_of as (
  ${addLinks('agent', 'saved', '$9')}
), blocks_of as (
  ${addLinks('block', 'saved', '$10', 'saved.is_new')}
)
select id from saved`;
}

/** The times of links that are made together keep the order of the ids: the columns hold milliseconds. */
function addLinks(target: IdentityTarget, part: string, ids: string, condition = 'true'): string {
  return `insert into identities_${target}s (identity_id, ${target}_id, created_at)
  select ${part}.id, t.id, now() + array_position(${ids}::text[], t.id) * interval '1 millisecond'
    from ${part} join ${target}s t on t.organization_id = ${part}.organization_id where t.id = any(${ids}::text[]) and ${condition}
  on conflict do nothing`;
}

const updateSql = `
with saved as (
  update identities i set identifier_key = coalesce($3, i.identifier_key), name = coalesce($4, i.name), identity_type = coalesce($5, i.identity_type),
         properties = coalesce((select jsonb_agg(p.value order by p.n) from jsonb_array_elements(i.properties) with ordinality as p (value, n)
                                 where not exists (select from jsonb_array_elements($6::jsonb) as q (value) where q.value ->> 'key' = p.value ->> 'key')), '[]')
                      || $6::jsonb,
         last_updated_by_id = $9, updated_at = now()
   where i.organization_id = $1 and i.id = $2 returning i.id, i.organization_id
), agents_of as (
  ${addLinks('agent', 'saved', '$7')}
), blocks_of as (
  ${addLinks('block', 'saved', '$8')}
)
select id from saved`;
