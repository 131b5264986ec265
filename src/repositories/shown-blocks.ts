/**
 * A query for the blocks that a conversation shows, as rows of `blocks` with `shown_at`, their order: the agent's, and in their place the conversation's
 * own ones of the same label. `conversation` = an expression for its id. A deleted conversation shows none: its own blocks are gone, and nobody may take
 * the shared ones for them.
 */
export function shownBlocks(conversation: string): string {
  return `select b.*, ba.created_at as shown_at
    from conversations cv join blocks_agents ba on ba.agent_id = cv.agent_id join blocks shared on shared.id = ba.block_id
    left join lateral (
      select own.id from blocks_conversations bc join blocks own on own.id = bc.block_id
       where bc.conversation_id = cv.id and own.label = shared.label order by bc.created_at, own.id limit 1) own on true
    join blocks b on b.id = coalesce(own.id, shared.id)
   where cv.id = ${conversation} and cv.deleted_at is null`;
}
