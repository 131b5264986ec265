/**
 * Two parts of a statement: mark the conversations of every agent that has one of the blocks of `part` (a part with the column `id`), so that their next
 * run compiles the system message anew. The rows are locked in the order of their ids: edits of two blocks that the same agents share never wait for
 * each other in a circle. A conversation that is marked already is marked again, as the compilation that is under way may have read the old value.
 */
export function markStale(part: string): string {
  return `shown as (
  select c.id from conversations c
   where c.agent_id in (select ba.agent_id from blocks_agents ba join ${part} on ba.block_id = ${part}.id)
   order by c.id for no key update
), stale as (
  update conversations c set system_stale = true from shown where c.id = shown.id
)`;
}
