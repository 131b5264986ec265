import { isOpen } from './run-conditions.js';
import { markStaleReaders } from './stale-conversations.js';

/** One kind of rows, and which of them go. Of the parameters $1 is the subject, $2 the organisation, $3 the number of rows at once. */
interface PurgeStage {
  readonly name: string;
  readonly sql: string;
}

/** What goes with a subject, in this order: what tells to whom things belong goes last, and the subject itself in the last stage. */
export interface PurgePlan {
  /** Of $1 and $2: ends the agents whose things go. Null = there are none. */
  readonly terminateSql: string | null;
  /** Agents that still have to end their runs. */
  readonly openSql: string | null;
  readonly stages: readonly PurgeStage[];
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

function terminate(agents: string): string {
  return `update agents set lifecycle_state = 'terminated', lifecycle_changed_at = now(), updated_at = now()
 where id in (${agents}) and lifecycle_state <> 'terminated'`;
}

/** The last bracket is open, for more conditions. */
function openRunsOf(agents: string): string {
  return `select distinct r.agent_id as id from runs r where r.organization_id = $2 and ${isOpen('r')} and (r.agent_id in (${agents})`;
}

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

/** Runs take their steps, events, tool calls and traces along, agents all that is left of them. */
const identityPlan: PurgePlan = {
  terminateSql: terminate(ownAgents),
  openSql: `${openRunsOf(ownAgents)}
  or r.conversation_id in (select m.conversation_id from messages m where m.organization_id = $2 and m.sender_id = $1))`,
  stages: [
    deletion('runs', 'runs', `select r.id from runs r where r.agent_id in (${ownAgents}) or r.id in (${ownRuns})`),
    textDeletion('messages', 'messages', 'search_text', ownMessages),
    textDeletion('passages', 'passages', 'text', `select p.id from passages p where p.archive_id in (${ownArchives})`),
    deletion('archives', 'archives', ownArchives),
    deletion('blocks', 'blocks', ownBlocks),
    deletion('agents', 'agents', ownAgents),
    deletion('identities', 'identities', 'select i.id from identities i where i.id = $1 and i.organization_id = $2'),
  ],
};

const theAgent = 'select a.id from agents a where a.id = $1 and a.organization_id = $2';

/** An agent that is too large to go at once. Its archives stay, as they do when a small one goes. */
const agentPlan: PurgePlan = {
  terminateSql: terminate(theAgent),
  openSql: `${openRunsOf(theAgent)})`,
  stages: [
    deletion('runs', 'runs', `select r.id from runs r where r.agent_id in (${theAgent})`),
    deletion('messages', 'messages', `select m.id from messages m where m.agent_id in (${theAgent})`),
    deletion(
      'blocks',
      'blocks',
      `select bc.block_id from blocks_conversations bc join conversations c on c.id = bc.conversation_id where c.agent_id in (${theAgent})`,
    ),
    deletion('agents', 'agents', theAgent),
  ],
};

const theArchive = 'select a.id from archives a where a.id = $1 and a.organization_id = $2';

const archivePlan: PurgePlan = {
  terminateSql: null,
  openSql: null,
  stages: [
    deletion('passages', 'passages', `select p.id from passages p where p.archive_id in (${theArchive})`),
    {
      name: 'archives',
      sql: `with gone as (delete from archives where id = $1 and organization_id = $2 and $3::int > 0 returning id as archive_id), ${markStaleReaders('gone')}
        select count(*)::int as n from gone`,
    },
  ],
};

/** By the kind of its id. */
export function planOf(subjectId: string): PurgePlan {
  if (subjectId.startsWith('agent-')) return agentPlan;
  return subjectId.startsWith('archive-') ? archivePlan : identityPlan;
}
