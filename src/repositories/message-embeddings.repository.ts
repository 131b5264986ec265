import type { EmbeddingConfig } from '../domain/model/model-config.js';
import type { Database, TransactionalDatabase } from './database.js';
import { toVectorLiteral } from './vector.js';

/** A message that is to be embedded. */
export interface DueMessage {
  readonly id: string;
  readonly text: string;
  /** When it was due: a message that has been put on the list again since then stays on it. */
  readonly dueAt: Date;
  /** What its agent says; null = the server's default. */
  readonly config: EmbeddingConfig | null;
}

export interface MadeEmbedding {
  readonly id: string;
  readonly dueAt: Date;
  readonly vector: readonly number[];
}

/** After a try that failed: doubled with each, up to the last. */
const firstPauseSeconds = 30;
const longestPauseSeconds = 3600;
/** Some four days: by then somebody has put right what is wrong with a model's settings. */
const mostFailures = 100;

export function createMessageEmbeddingsRepository(database: TransactionalDatabase) {
  return {
    /** The messages that wait longest. */
    async due(limit: number): Promise<DueMessage[]> {
      return database.query<DueMessage>(
        `select u.message_id as id, m.search_text as text, u.due_at as "dueAt", a.embedding_config as config
           from unembedded_messages u join messages m on m.id = u.message_id join agents a on a.id = u.agent_id
          where u.due_at <= now() order by u.due_at, u.message_id limit $1`,
        [limit],
      );
    },

    async isDue(): Promise<boolean> {
      const [row] = await database.query<{ due: boolean }>(
        'select exists (select from unembedded_messages where due_at <= now()) or exists (select from stale_message_vectors) as due',
      );
      return row?.due ?? false;
    },

    /**
     * Looks at the next messages of an agent whose model has changed: lists those that need another vector, and takes those off the list that have the right one.
     * Vectors are of no use where nothing is embedded any more. False = there is no such agent.
     */
    listStale: (limit: number): Promise<boolean> => database.transaction(transaction => listStale(transaction, limit)),

    /** Keeps the vectors and takes the messages off the list, in one statement. A second time nothing changes. */
    async keep(model: string, made: readonly MadeEmbedding[]): Promise<void> {
      if (made.length === 0) return;
      await database.query(keepSql, [
        made.map(({ id }) => id),
        made.map(({ dueAt }) => dueAt),
        made.map(({ vector }) => toVectorLiteral(vector)),
        model,
      ]);
    },

    /** Takes messages off the list that no model embeds. */
    async skip(ids: readonly string[]): Promise<void> {
      await database.query('delete from unembedded_messages where message_id = any($1)', [ids]);
    },

    /** `isRefused`: for what they are themselves. A text that was tried that often, to be refused again, is tried no more. */
    async postpone(ids: readonly string[], isRefused = false): Promise<void> {
      await database.query(
        `with given_up as (delete from unembedded_messages where message_id = any($1) and $2 and failures >= ${mostFailures})
         update unembedded_messages set failures = failures + 1,
                due_at = now() + make_interval(secs => least(${longestPauseSeconds}, ${firstPauseSeconds} * power(2, least(failures, 12))))
          where message_id = any($1) and not ($2 and failures >= ${mostFailures})`,
        [ids, isRefused],
      );
    },
  };
}

export type MessageEmbeddingsRepository = ReturnType<typeof createMessageEmbeddingsRepository>;

async function listStale(transaction: Database, limit: number): Promise<boolean> {
  // A statement of its own: the next one then sees the settings of who held the row before.
  const [stale] = await transaction.query<{ agentId: string; lookedTo: string }>(
    'select agent_id as "agentId", looked_to as "lookedTo" from stale_message_vectors order by agent_id limit 1 for update',
  );
  if (stale === undefined) return false;
  const { agentId, lookedTo } = stale;
  await transaction.query(listStaleSql, [agentId, lookedTo, limit]);
  return true;
}

const listStaleSql = `
with page as materialized (
  select m.id, m.sequence_id, model.is_wanted,
         model.is_wanted and coalesce(e.embedding_key = model.key, false) as is_current
    from messages m left join message_embeddings e on e.message_id = m.id,
         (select s.embeds_messages and (s.default_embedding is not null or a.embedding_config is not null) as is_wanted, embedding_key(a.embedding_config) as key
            from agents a, search_settings s where a.id = $1) model
   where m.agent_id = $1 and m.sequence_id > $2 and m.search_text <> '' and not m.is_err and m.role in ('user', 'assistant')
   order by m.sequence_id limit $3
), listed as (
  insert into unembedded_messages (message_id, agent_id) select id, $1 from page where is_wanted and not is_current order by id
  on conflict (message_id) do update set due_at = now(), failures = 0
), unlisted as (
  delete from unembedded_messages where message_id in (select id from page where is_current or not is_wanted)
), useless as (
  delete from message_embeddings where message_id in (select id from page where not is_wanted)
), looked as (
  update stale_message_vectors set looked_to = (select max(sequence_id) from page) where agent_id = $1 and (select count(*) from page) = $3
)
delete from stale_message_vectors where agent_id = $1 and (select count(*) from page) < $3`;

const keepSql = `
with made as (select * from unnest($1::text[], $2::timestamptz[], $3::vector[]) as made (id, due_at, embedding)),
kept as (
  insert into message_embeddings (message_id, organization_id, agent_id, conversation_id, role, created_at, embedding, embedding_dim, embedding_key)
  select m.id, m.organization_id, m.agent_id, m.conversation_id, m.role, m.created_at, made.embedding, vector_dims(made.embedding), $4 from made join messages m on m.id = made.id
  on conflict (message_id) do update
    set embedding = excluded.embedding, embedding_dim = excluded.embedding_dim, embedding_key = excluded.embedding_key, embedded_at = now()
)
delete from unembedded_messages u using made where u.message_id = made.id and u.due_at = made.due_at`;
