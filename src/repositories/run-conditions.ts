/** Parts of statements that several of them judge a run by. `run` = an alias of `runs`. */

export const isOpen = (run: string): string => `${run}.status in ('created', 'running')`;

/**
 * That a run is to stop: somebody said so, or another run was accepted in its place. The latter is read from that run's row, so that one statement
 * accepts and interrupts, and locks no row of a run.
 */
export const isCancelled = (run: string): string =>
  `(${run}.cancel_requested_at is not null or exists (select from runs i where i.interrupts_run_id = ${run}.id))`;

/** A conversation's runs in the order of their execution; for a query of the runs `r` with the column `cancelled`. One that is to stop waits for none, nor do answers. */
export const queueOrder = `order by r.status = 'running' desc, cancelled desc, r.answers_request_id is not null desc, r.queue_order, r.accept_no`;
