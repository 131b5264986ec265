/**
 * Parts of a statement that mark conversations, so that their next run compiles the system message anew. The rows are locked in the order of their ids:
 * two changes that concern the same agents never wait for each other in a circle. A conversation that is marked already is marked again, as the
 * compilation that is under way may have read the old value.
 */
function markStaleConversations(ids: string, more = ''): string {
  return `shown as (
  select c.id from conversations c where c.id in (${ids}) order by c.id for no key update
), stale as (
  update conversations c set system_stale = true${more} from shown where c.id = shown.id
)`;
}

/** The conversations of every agent that has one of the blocks of `part`, a part with the column `id`, and those that have one for themselves. */
export function markStale(part: string): string {
  return markStaleConversations(conversationsShowing(part));
}

/** As `markStale`, for edits out of a conversation: its model knows of the versions that they have made, and its agent may have got blocks by them. */
export function markStaleByEdit(part: string, edit: { readonly conversation: string; readonly agent: string }): string {
  return markStaleConversations(
    `${conversationsShowing(part)}
    union all select ca.id from conversations ca where ca.agent_id = ${edit.agent} and exists (select from ${part} where ${part}.version = 1)`,
    `, shown_versions = case when c.id = ${edit.conversation}
       then coalesce(c.shown_versions, '{}') || coalesce((select jsonb_object_agg(${part}.id, ${part}.version) from ${part}), '{}') else c.shown_versions end`,
  );
}

function conversationsShowing(part: string): string {
  return `
    select ca.id from conversations ca join blocks_agents ba on ba.agent_id = ca.agent_id join ${part} on ba.block_id = ${part}.id
    union all select bc.conversation_id from blocks_conversations bc join ${part} on bc.block_id = ${part}.id`;
}

/** The conversations of the agents of `part`, a part with the column `agent_id`. */
export function markStaleAgents(part: string): string {
  return markStaleConversations(`select ca.id from conversations ca join ${part} on ca.agent_id = ${part}.agent_id`);
}

/** The conversations of every agent that reads one of the archives of `part`, a part with the column `archive_id`. */
export function markStaleReaders(part: string): string {
  return markStaleConversations(`
    select ca.id from conversations ca join archives_agents aa on aa.agent_id = ca.agent_id join ${part} on aa.archive_id = ${part}.archive_id`);
}
