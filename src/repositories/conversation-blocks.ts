import type { Database } from './database.js';

/** A block as it was at one of its versions. */
export interface BlockState {
  readonly blockId: string;
  readonly version: number;
  readonly label: string;
}

/** Gives a conversation copies of blocks for itself, as they were at these versions but for their labels, which are those of today. */
export async function isolateBlocks(
  database: Database,
  conversation: { readonly id: string; readonly userId: string },
  states: readonly BlockState[],
): Promise<void> {
  if (states.length === 0) return;
  await database.query(isolateSql, [conversation.id, conversation.userId, JSON.stringify(states)]);
}

const isolateSql = `
with chosen as (
  select 'block-' || gen_random_uuid() as id, b.organization_id, b.label, v.value, v.char_limit, v.description, v.read_only, b.metadata, b.hidden, b.tags, b.project_id,
         e.ordinality as n
    from jsonb_array_elements($3::jsonb) with ordinality as e
    join blocks b on b.id = e.value ->> 'blockId'
    join block_versions v on v.block_id = b.id and v.version = (e.value ->> 'version')::int
), copies as (
  insert into blocks (id, organization_id, label, value, char_limit, description, read_only, metadata, hidden, tags, project_id, created_by_id, last_updated_by_id)
  select id, organization_id, label, value, char_limit, description, read_only, metadata, hidden, tags, project_id, $2, $2 from chosen
  returning *
), first_versions as (
  insert into block_versions (block_id, version, label, value, char_limit, description, read_only, action, author_type, author_id)
  select id, 1, label, value, char_limit, description, read_only, 'create', 'user', $2 from copies
)
insert into blocks_conversations (conversation_id, block_id, created_at)
select $1, copies.id, now() + chosen.n * interval '1 millisecond' from copies join chosen on chosen.id = copies.id`;
