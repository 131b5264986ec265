import { decideLifecycle } from '../domain/agents/lifecycle.js';
import type { LifecycleCommand, LifecycleState } from '../domain/agents/lifecycle.js';
import type { Database } from './database.js';

export interface LifecycleOrder {
  readonly organizationId: string;
  readonly agentId: string;
  readonly command: LifecycleCommand;
  /** Of an agent that is put to sleep; null = until it is woken. */
  readonly wakeAt: Date | null;
  readonly wakesOnMessage: boolean;
}

export type LifecycleOutcome =
  | { readonly kind: 'agent-not-found' }
  | { readonly kind: 'refused'; readonly reason: string }
  /** `hasTimer`: a time to wake is set, or was. */
  | { readonly kind: 'done'; readonly hasTimer: boolean };

interface StateRow {
  readonly state: LifecycleState;
  readonly wake_at: Date | null;
}

export function createAgentLifecycleRepository(database: Database) {
  return {
    /** Carries a command out: compare-and-set on the agent's row, so that two commands at once come one after the other. */
    async apply(order: LifecycleOrder): Promise<LifecycleOutcome> {
      for (;;) {
        const rows = await database.query<StateRow>(
          'select lifecycle_state as state, wake_at from agents where organization_id = $1 and id = $2',
          [order.organizationId, order.agentId],
        );
        const row = rows[0];
        if (row === undefined) return { kind: 'agent-not-found' };
        const decision = decideLifecycle(row.state, order.command);
        if (decision.kind === 'refused') return decision;
        const hasTimer = order.wakeAt !== null || row.wake_at !== null;
        if (decision.kind === 'unchanged') return { kind: 'done', hasTimer };
        const changed = await database.query(setStateSql, [
          order.agentId,
          row.state,
          decision.to,
          order.wakeAt,
          decision.to === 'sleeping' && order.wakesOnMessage,
        ]);
        if (changed.length > 0) return { kind: 'done', hasTimer };
      }
    },

    /** Wakes the sleeping agents whose time has come, and those that a message wakes and that have one; all agents, or one. The ids of those that woke. */
    async wakeDue(agentId: string | null): Promise<string[]> {
      const rows = await database.query<{ id: string }>(wakeDueSql, [agentId]);
      return rows.map(row => row.id);
    },

    /** How long an agent is still to sleep, in ms; null when no time is set. */
    async remainingSleep(agentId: string): Promise<number | null> {
      const rows = await database.query<{ ms: number }>(
        `select greatest(0, ceil(extract(epoch from wake_at - clock_timestamp()) * 1000))::float8 as ms
           from agents where id = $1 and lifecycle_state = 'sleeping' and wake_at is not null`,
        [agentId],
      );
      return rows[0]?.ms ?? null;
    },
  };
}

export type AgentLifecycleRepository = ReturnType<typeof createAgentLifecycleRepository>;

const setStateSql = `
update agents set lifecycle_state = $3, wake_at = $4, wake_on_message = $5, lifecycle_changed_at = now(), updated_at = now()
 where id = $1 and lifecycle_state = $2 returning id`;

/** Messages that were there before the agent fell asleep do not wake it. */
const wakeDueSql = `
update agents a set lifecycle_state = 'running', wake_at = null, wake_on_message = false, lifecycle_changed_at = now(), updated_at = now()
 where a.lifecycle_state = 'sleeping' and ($1::text is null or a.id = $1)
   and (a.wake_at <= clock_timestamp()
        or a.wake_on_message and exists (select from runs r where r.agent_id = a.id and r.status = 'created' and r.created_at >= a.lifecycle_changed_at))
returning a.id`;
