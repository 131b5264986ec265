import type { EmbeddingConfig } from '../domain/model/model-config.js';
import type { Database } from './database.js';
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

export function createMessageEmbeddingsRepository(database: Database) {
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
      return (await database.query('select 1 from unembedded_messages where due_at <= now() limit 1')).length > 0;
    },

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

    async postpone(ids: readonly string[]): Promise<void> {
      await database.query(
        `update unembedded_messages set failures = failures + 1,
                due_at = now() + make_interval(secs => least(${longestPauseSeconds}, ${firstPauseSeconds} * power(2, least(failures, 12))))
          where message_id = any($1)`,
        [ids],
      );
    },
  };
}

export type MessageEmbeddingsRepository = ReturnType<typeof createMessageEmbeddingsRepository>;

const keepSql = `
with made as (select * from unnest($1::text[], $2::timestamptz[], $3::vector[]) as made (id, due_at, embedding)),
kept as (
  insert into message_embeddings (message_id, organization_id, agent_id, conversation_id, role, created_at, embedding, embedding_dim, embedding_key)
  select m.id, m.organization_id, m.agent_id, m.conversation_id, m.role, m.created_at, made.embedding, vector_dims(made.embedding), $4 from made join messages m on m.id = made.id
  on conflict (message_id) do update
    set embedding = excluded.embedding, embedding_dim = excluded.embedding_dim, embedding_key = excluded.embedding_key, embedded_at = now()
)
delete from unembedded_messages u using made where u.message_id = made.id and u.due_at = made.due_at`;
