import type { RetentionBatch, RetentionKind, RetentionPolicy, RetentionTerm } from '../domain/retention/retention-policy.js';
import type { Database, TransactionalDatabase } from './database.js';
import { isOpen } from './run-conditions.js';
import { markStaleReaders } from './stale-conversations.js';

export interface ExpiredSearch {
  readonly kind: RetentionKind;
  /** The agent, or the archive, after which to go on. */
  readonly after: string;
  /** Rows that one call deletes at most. */
  readonly limit: number;
  /** Where neither the agent nor its organisation says anything; null = for ever. */
  readonly standard: RetentionTerm | null;
}

/** Agents, or archives, that one call looks at. */
const scopePage = 100;

export function createRetentionRepository(database: TransactionalDatabase) {
  return {
    /**
     * Deletes some of what is too old, of one page of agents or archives. What is to go is locked first and judged again under the lock: what a fork has
     * just put into a context stays. Locks in the order of docs/design/locks.md.
     */
    deleteExpired: ({ kind, after, limit, standard }: ExpiredSearch): Promise<RetentionBatch> =>
      database.transaction(async transaction => {
        const scopes = await transaction.query<{ id: string; days: number }>(scopesSql(kind), [
          kind,
          standard === null ? null : String(standard),
          after,
        ]);
        const last = scopes.at(-1)?.id;
        if (last === undefined) return { deleted: 0, next: null };
        const found = await transaction.query<Row>(findSql(kind), [JSON.stringify(scopes), limit]);
        const rows = kind === 'messages' ? await lockMessages(transaction, found) : found;
        if (rows.length > 0) {
          await transaction.query(deleteSql(kind), [JSON.stringify(scopes), rows.map(row => row.id)]);
        }
        if (found.length === limit && rows.length > 0) return { deleted: rows.length, next: after };
        return { deleted: rows.length, next: scopes.length === scopePage ? last : null };
      }),

    /** Of an agent; null = no such agent. */
    ofAgent: (organizationId: string, agentId: string): Promise<RetentionPolicy | null> =>
      policyOf(database, 'select retention as policy from agents where organization_id = $1 and id = $2', [organizationId, agentId]),

    ofOrganization: (organizationId: string): Promise<RetentionPolicy | null> =>
      policyOf(database, 'select retention as policy from organizations where id = $1', [organizationId]),

    /** Null = no such agent. */
    setOfAgent: (organizationId: string, agentId: string, policy: RetentionPolicy): Promise<RetentionPolicy | null> =>
      policyOf(
        database,
        'update agents set retention = $3, updated_at = now() where organization_id = $1 and id = $2 returning retention as policy',
        [organizationId, agentId, JSON.stringify(policy)],
      ),

    setOfOrganization: (organizationId: string, policy: RetentionPolicy): Promise<RetentionPolicy | null> =>
      policyOf(database, 'update organizations set retention = $2, updated_at = now() where id = $1 returning retention as policy', [
        organizationId,
        JSON.stringify(policy),
      ]),
  };
}

export type RetentionRepository = ReturnType<typeof createRetentionRepository>;

interface Row {
  readonly id: string;
}

/** Those of the messages that nobody has locked, behind their conversations, which count them. */
async function lockMessages(transaction: Database, found: readonly Row[]): Promise<Row[]> {
  const ids = found.map(row => row.id);
  await transaction.query(
    'select from conversations where id in (select conversation_id from messages where id = any($1)) order by id for no key update',
    [ids],
  );
  return transaction.query<Row>('select id from messages where id = any($1) for update skip locked', [ids]);
}

async function policyOf(database: Database, sql: string, parameters: readonly unknown[]): Promise<RetentionPolicy | null> {
  const [row] = await database.query<{ policy: RetentionPolicy | null }>(sql, parameters);
  return row === undefined ? null : (row.policy ?? {});
}

/** Agents, or archives by the agent that they were made for, of which something may be too old. */
function scopesSql(kind: RetentionKind): string {
  const [from, own] =
    kind === 'passages'
      ? [
          'archives s',
          '(select a.retention ->> $1 from archives_agents aa join agents a on a.id = aa.agent_id where aa.archive_id = s.id and aa.is_owner limit 1)',
        ]
      : ['agents s', 's.retention ->> $1'];
  return `
select id, term::int as days from (
  select s.id, coalesce(${own}, o.retention ->> $1, $2) as term from ${from} join organizations o on o.id = s.organization_id) terms
 where id > $3 and term is not null and term <> 'forever' order by id limit ${scopePage}`;
}

interface Expiry {
  readonly table: string;
  /** Of a row `x` in the scope `s`. */
  readonly isExpired: string;
  /** As an index has it. */
  readonly order: string;
}

const isOld = `now() - s.days * interval '1 day'`;

/**
 * What an open run needs is never too old: the messages of its conversation, in the context or not, for it may undo a compaction; the run whose doings it
 * undoes; a run that asked for an approval which is not settled; one whose callback is still to be delivered.
 */
const expiries: Readonly<Record<RetentionKind, Expiry>> = {
  messages: {
    table: 'messages',
    order: 'x.created_at',
    isExpired: `x.agent_id = s.id and x.created_at < ${isOld} and not exists (select from conversation_messages cm where cm.message_id = x.id)
      and not exists (select from runs r where r.conversation_id = x.conversation_id and ${isOpen('r')})`,
  },
  runs: {
    table: 'runs',
    order: 'x.created_at, x.id',
    isExpired: `x.agent_id = s.id and x.created_at < ${isOld} and not (${isOpen('x')}) and x.completed_at < ${isOld}
      and (x.callback_url is null or x.callback_settled_at is not null)
      and not exists (select from approval_requests q where q.run_id = x.id and q.status <> 'closed')
      and not exists (select from runs i where i.interrupts_run_id = x.id and ${isOpen('i')})`,
  },
  traces: {
    table: 'provider_traces',
    order: 'x.created_at',
    isExpired: `x.agent_id = s.id and x.created_at < ${isOld} and not exists (select from runs r where r.id = x.run_id and ${isOpen('r')})`,
  },
  // The time of creation is the client's to say; notes of old times are not old here.
  passages: { table: 'passages', order: 'x.updated_at', isExpired: `x.archive_id = s.id and x.updated_at < ${isOld}` },
};

/** Locked already, but for messages. */
function findSql(kind: RetentionKind): string {
  const { table, isExpired, order } = expiries[kind];
  return `select found.id from jsonb_to_recordset($1::jsonb) as s (id text, days int), lateral (
    select x.id from ${table} x where ${isExpired} order by ${order} limit $2${kind === 'messages' ? '' : ' for update skip locked'}) found limit $2`;
}

function deleteSql(kind: RetentionKind): string {
  const { table, isExpired } = expiries[kind];
  const deletion = `delete from ${table} x using jsonb_to_recordset($1::jsonb) as s (id text, days int) where x.id = any($2) and ${isExpired}`;
  if (kind !== 'passages') return deletion;
  return `with gone as (${deletion} returning x.archive_id), changed as (select distinct archive_id from gone), ${markStaleReaders('changed')} select 1`;
}
