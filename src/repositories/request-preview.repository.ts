import type { LifecycleState } from '../domain/agents/lifecycle.js';
import type { Message } from '../domain/messages/message.js';
import { attachedToolsSql } from './attached-tools.js';
import type { Database } from './database.js';
import { toMessage } from './message-row.js';
import type { MessageRow } from './message-row.js';
import type { ModelCallContext } from './model-calls.repository.js';
import { calibrationsSql } from './token-calibrations.js';

type AgentPart = Pick<
  ModelCallContext,
  'agentType' | 'config' | 'toolRules' | 'conversationModel' | 'configChanges' | 'agentBudget' | 'calibrations' | 'tools'
>;

/** What the first model call of a run would be made of, if a message came to a conversation now. */
export interface UpcomingCall extends AgentPart {
  readonly conversationId: string;
  readonly lifecycle: LifecycleState;
  readonly pendingApprovalId: string | null;
  /** The memory has changed since the system message was compiled. */
  readonly systemStale: boolean;
  /** Each message begins a context of its own. */
  readonly clearsContext: boolean;
  readonly messages: readonly Message[];
}

/** What an agent remembers, in the context or not. */
export interface MemoryCounts {
  readonly recallCount: number;
  readonly archivalCount: number;
}

interface UpcomingRow extends Omit<UpcomingCall, 'tools' | 'messages' | 'calibrations'> {
  readonly calibrations: UpcomingCall['calibrations'] | null;
  readonly tools: UpcomingCall['tools'] | null;
  readonly messages: readonly MessageRow[] | null;
}

export function createRequestPreviewRepository(database: Database) {
  return {
    /** Reads only. `conversationId` = null means the agent's default conversation. Null when there is no such conversation. */
    async upcomingCall(organizationId: string, agentId: string, conversationId: string | null): Promise<UpcomingCall | null> {
      const rows = await database.query<UpcomingRow>(upcomingSql, [organizationId, agentId, conversationId]);
      const row = rows[0];
      return row === undefined
        ? null
        : { ...row, calibrations: row.calibrations ?? {}, tools: row.tools ?? [], messages: (row.messages ?? []).map(toMessage) };
    },

    async memoryCounts(agentId: string): Promise<MemoryCounts> {
      const rows = await database.query<MemoryCounts>(countsSql, [agentId]);
      return rows[0] ?? { recallCount: 0, archivalCount: 0 };
    },
  };
}

export type RequestPreviewRepository = ReturnType<typeof createRequestPreviewRepository>;

const upcomingSql = `
select c.id as "conversationId", a.lifecycle_state as lifecycle, c.system_stale as "systemStale", a.message_buffer_autoclear as "clearsContext",
       (select q.id from approval_requests q where q.conversation_id = c.id and q.status = 'pending') as "pendingApprovalId",
       a.agent_type as "agentType", a.llm_config as config, a.tool_rules as "toolRules", c.model as "conversationModel", c.config_changes as "configChanges",
       a.budget as "agentBudget", (${attachedToolsSql('a.id')}) as tools, (${calibrationsSql('c.id')}) as calibrations,
       (select json_agg(m order by cm.position) from conversation_messages cm join messages m on m.id = cm.message_id
         where cm.conversation_id = c.id) as messages
  from conversations c join agents a on a.id = c.agent_id
 where a.organization_id = $1 and a.id = $2 and c.deleted_at is null and case when $3::text is null then c.is_default else c.id = $3 end`;

const countsSql = `
select (select coalesce(sum(message_count), 0) from conversations where agent_id = $1)::int as "recallCount",
       (select count(*) from archives_agents aa join passages p on p.archive_id = aa.archive_id where aa.agent_id = $1)::int as "archivalCount"`;
