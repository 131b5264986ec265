import type { JobProgress } from '../domain/jobs/job.js';
import type { Database, TransactionalDatabase } from './database.js';
import { isOpen } from './run-conditions.js';

export interface NewPurge {
  readonly jobId: string;
  readonly organizationId: string;
  readonly identityId: string;
  readonly userId: string;
}

export interface PurgeStep extends JobProgress {
  /** Agents that still have to end their runs before anything of theirs can go. */
  readonly waitingFor: readonly string[];
}

/** One kind of rows, and which of them go. Of the parameters $1 is the identity, $2 the organisation, $3 the number of rows at once. */
interface PurgeStage {
  readonly name: string;
  readonly sql: string;
}

const over: PurgeStep = { done: 0, total: 0, isOver: true, waitingFor: [] };

export function createPurgeRepository(database: TransactionalDatabase) {
  return {
    /** Makes the job; the one that is under way when there is one. Null = no such identity. */
    async start({ jobId, organizationId, identityId, userId }: NewPurge): Promise<string | null> {
      const [job] = await database.query<{ id: string }>(
        `insert into jobs (id, organization_id, kind, subject_id, created_by_id)
         select $1, organization_id, 'purge', id, $4 from identities where organization_id = $2 and id = $3
         on conflict (kind, subject_id) where completed_at is null do update set updated_at = now() returning id`,
        [jobId, organizationId, identityId, userId],
      );
      return job?.id ?? null;
    },

    /** Deletes the next rows and counts them, in one transaction. What is left says where it stands, so it can be repeated, and cut off anywhere. */
    step: (jobId: string, limit: number): Promise<PurgeStep> => database.transaction(transaction => step(transaction, jobId, limit)),
  };
}

export type PurgeRepository = ReturnType<typeof createPurgeRepository>;

async function step(transaction: Database, jobId: string, limit: number): Promise<PurgeStep> {
  const [job] = await transaction.query<{ identityId: string; organizationId: string; done: number }>(
    `select subject_id as "identityId", organization_id as "organizationId", done from jobs where id = $1 and completed_at is null for update`,
    [jobId],
  );
  if (job === undefined) return over;
  const { identityId, organizationId } = job;
  await transaction.query(terminateSql, [identityId, organizationId]);
  const waiting = await transaction.query<{ id: string }>(openSql, [identityId, organizationId]);
  const waitingFor = waiting.map(({ id }) => id);
  if (waitingFor.length > 0) return { ...over, done: job.done, isOver: false, waitingFor };
  for (const { name, sql } of stages) {
    const [{ n } = { n: 0 }] = await transaction.query<{ n: number }>(sql, [identityId, organizationId, limit]);
    if (n === 0) continue;
    const isOver = name === 'identities';
    await transaction.query(
      `update jobs set status = case when $4 then 'completed' else 'running' end, completed_at = case when $4 then now() end, updated_at = now(),
              done = done + $3, total = done + $3, report = report || jsonb_build_object($2::text, coalesce((report ->> $2)::int, 0) + $3::int) where id = $1`,
      [jobId, name, n, isOver],
    );
    return { done: job.done + n, total: job.done + n, isOver, waitingFor };
  }
  await transaction.query(`update jobs set status = 'completed', completed_at = now(), updated_at = now() where id = $1`, [jobId]);
  return { ...over, done: job.done, total: job.done };
}

/** Agents of the identity and of no other one. */
const ownAgents = `select a.id from agents a join identities_agents own on own.agent_id = a.id and own.identity_id = $1
  where a.organization_id = $2 and not exists (select from identities_agents other where other.agent_id = a.id and other.identity_id <> $1)`;
/** Archives that such agents have, and no others. */
const ownArchives = `select x.archive_id from archives_agents x where x.agent_id in (${ownAgents})
   and not exists (select from archives_agents other where other.archive_id = x.archive_id and other.agent_id not in (${ownAgents}))`;
/** Blocks of the identity or of such agents that nobody else has. */
const ownBlocks = `select b.id from blocks b where b.organization_id = $2
   and (exists (select from identities_blocks i where i.block_id = b.id and i.identity_id = $1)
        or exists (select from blocks_agents ba where ba.block_id = b.id and ba.agent_id in (${ownAgents})))
   and not exists (select from identities_blocks i where i.block_id = b.id and i.identity_id <> $1)
   and not exists (select from blocks_agents ba where ba.block_id = b.id and ba.agent_id not in (${ownAgents}))`;
/** Of the identity's agents, and what the identity has said to agents of others. */
const ownMessages = `select m.id from messages m where m.organization_id = $2 and (m.agent_id in (${ownAgents}) or m.sender_id = $1)`;

/** They hold what the identity has said in their input and their events. */
const ownRuns = 'select m.run_id from messages m where m.organization_id = $2 and m.sender_id = $1';

const terminateSql = `update agents set lifecycle_state = 'terminated', lifecycle_changed_at = now(), updated_at = now()
 where id in (${ownAgents}) and lifecycle_state <> 'terminated'`;

const openSql = `
select distinct r.agent_id as id from runs r where r.organization_id = $2 and ${isOpen('r')} and (r.agent_id in (${ownAgents})
  or r.conversation_id in (select m.conversation_id from messages m where m.organization_id = $2 and m.sender_id = $1))`;

function deletion(name: string, table: string, ids: string): PurgeStage {
  return {
    name,
    sql: `with gone as (delete from ${table} x where x.id in (select id from (${ids}) doomed (id) limit $3) and $2::text is not null returning x.id)
      select count(*)::int as n from gone`,
  };
}

/** The kept vectors of the texts go with these: they tell of what was said. */
function textDeletion(name: string, table: string, column: string, ids: string): PurgeStage {
  return {
    name,
    sql: `with gone as (delete from ${table} x where x.id in (select id from (${ids}) doomed (id) limit $3) and $2::text is not null
        returning encode(sha256(convert_to(x.${column}, 'UTF8')), 'hex') as hash), forgotten as (
      delete from embeddings e using gone where e.content_hash = gone.hash)
    select count(*)::int as n from gone`,
  };
}

/** In this order: what tells to whom things belong goes last. Runs take their steps, events, tool calls and traces along, agents all that is left of them. */
const stages: readonly PurgeStage[] = [
  deletion('runs', 'runs', `select r.id from runs r where r.agent_id in (${ownAgents}) or r.id in (${ownRuns})`),
  textDeletion('messages', 'messages', 'search_text', ownMessages),
  textDeletion('passages', 'passages', 'text', `select p.id from passages p where p.archive_id in (${ownArchives})`),
  deletion('archives', 'archives', ownArchives),
  deletion('blocks', 'blocks', ownBlocks),
  deletion('agents', 'agents', ownAgents),
  deletion('identities', 'identities', 'select i.id from identities i where i.id = $1 and i.organization_id = $2'),
];
