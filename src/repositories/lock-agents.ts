import type { Database } from './database.js';

/** Whoever changes what prompts show of files takes these first, in the order of docs/design/locks.md; so two of them never change one agent's files at once. */
export async function lockConversationsOf(transaction: Database, agentIds: readonly string[]): Promise<void> {
  if (agentIds.length === 0) return;
  await transaction.query('select from conversations where agent_id = any($1) order by id for no key update', [agentIds]);
}

/** The next run of each compiles its system message anew. */
export async function markAgentsStale(transaction: Database, agentIds: readonly string[]): Promise<void> {
  if (agentIds.length === 0) return;
  await transaction.query(
    `update conversations set system_stale = true where id in (select id from conversations where agent_id = any($1) order by id for no key update)`,
    [agentIds],
  );
}
