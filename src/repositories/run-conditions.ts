import { executingStates } from '../domain/agents/lifecycle.js';

/** Parts of statements that several of them judge a run by. `run` = an alias of `runs`. */

export const isOpen = (run: string): string => `${run}.status in ('created', 'running')`;

/**
 * That a run is to stop: somebody said so, another run was accepted in its place, or its agent was terminated. The latter two are read from other rows,
 * so that one statement accepts or terminates, and locks no row of a run.
 */
export const isCancelled = (run: string): string =>
  `(${run}.cancel_requested_at is not null or exists (select from runs i where i.interrupts_run_id = ${run}.id)
    or exists (select from agents t where t.id = ${run}.agent_id and t.lifecycle_state = 'terminated'))`;

/** That no run of the agent is to be executed now. `agent` = an expression for its id. */
export const isHeld = (agent: string): string =>
  `exists (select from agents h where h.id = ${agent} and h.lifecycle_state <> all (array[${executingStates.map(state => `'${state}'`).join(', ')}]))`;

/** From when the time of a run counts: its start, moved on by the time in which its agent was paused or slept. */
export const clockStart = (run: string): string => `${run}.started_at + ${run}.held_ms * interval '1 millisecond'`;

/** A conversation's runs in the order of their execution; for a query of the runs `r` with the column `cancelled`. One that is to stop waits for none, nor do answers. */
export const queueOrder = `order by r.status = 'running' desc, cancelled desc, r.answers_request_id is not null desc, r.queue_order, r.accept_no`;
