import type { Hit, NearTurn } from '../domain/search/fuse.js';
import type { EmbeddingGroup, MessageFilter, MessageRecord, RecordedMessage } from '../domain/search/message-search.js';
import type { Database, TransactionalDatabase } from './database.js';
import { toMessage } from './message-row.js';
import type { MessageRow } from './message-row.js';
import { toVectorLiteral } from './vector.js';
import { searchWords } from './word-search.js';
import { contains } from './contains.js';

/** Messages in which a query that has no words for the index is looked for as it stands: the newest ones. */
const scannedRows = 2000;
/** Embedding models that one search over many agents asks at most; those of most agents first. */
const mostGroups = 4;

export interface MessageSearchRepository extends MessageRecord {
  conversationsOf(organizationId: string, wanted: WantedConversations): Promise<readonly string[]>;
}

/** The conversations that a client means; null = not asked for. */
export interface WantedConversations {
  readonly agentId: string | null;
  /** `default` = those that are their agents' default ones. */
  readonly conversation: string | null;
  /** Of the agents. */
  readonly projectId: string | null;
  readonly templateId: string | null;
}

interface RecordedRow extends MessageRow {
  readonly is_default: boolean;
}

export function createMessageSearchRepository(database: TransactionalDatabase): MessageSearchRepository {
  return {
    async conversationsOf(organizationId, { agentId, conversation, projectId, templateId }) {
      const rows = await database.query<{ id: string }>(
        `select c.id from conversations c join agents a on a.id = c.agent_id
          where a.organization_id = $1 and ($2::text is null or a.id = $2)
            and ($3::text is null or c.id = $3 or ($3 = 'default' and c.is_default))
            and ($4::text is null or a.project_id = $4) and ($5::text is null or a.template_id = $5)`,
        [organizationId, agentId, conversation, projectId, templateId],
      );
      return rows.map(({ id }) => id);
    },

    async byWords(filter, query, limit) {
      const found = await searchWords(database, {
        table: messageWords,
        owners: [filter.agentId ?? filter.organizationId],
        query,
        limit,
        conditions: wordConditions,
        parameters: conditionsOf(filter),
      });
      return found ?? containing(database, filter, query, limit);
    },

    async byTime(filter, limit) {
      const sql = `${selectSql} where ${shown} order by m.sequence_id desc limit $7`;
      return (await database.query<RecordedRow>(sql, [...conditionsOf(filter), limit])).map(toRecorded);
    },

    async near(filter, ids) {
      if (ids.length === 0) return new Map();
      const rows = await database.query<{ hit: string; id: string; offset: number }>(nearSql, [...conditionsOf(filter), ids]);
      return rows.reduce((near, { hit, ...turn }) => near.set(hit, [...(near.get(hit) ?? []), turn]), new Map<string, NearTurn[]>());
    },

    async load(filter, ids) {
      const sql = `${selectSql} where m.id = any($7) and ${shown}`;
      return (await database.query<RecordedRow>(sql, [...conditionsOf(filter), ids])).map(toRecorded);
    },

    async similarities(questions, ids) {
      if (ids.length === 0 || questions.length === 0) return [];
      return database.query<Hit>(
        `select e.message_id as id, (1 - (e.embedding <=> q.vector))::float8 as score
           from unnest($2::text[], $3::vector[]) as q (model, vector) join message_embeddings e on e.embedding_key = q.model
          where e.message_id = any($1) order by score desc`,
        [ids, questions.map(({ model }) => model), questions.map(({ vector }) => toVectorLiteral(vector))],
      );
    },

    embeddingGroups: ({ organizationId, agentId }) =>
      database.query<EmbeddingGroup>(
        `select embedding_config as config, case when count(*) over () = 1 then null else array_agg(id) end as "agentIds" from agents
          where organization_id = $1 and ($2::text is null or id = $2) group by embedding_config order by count(*) desc limit ${mostGroups}`,
        [organizationId, agentId],
      ),
  };
}

function conditionsOf({ organizationId, agentId, conversationIds, roles, startAt, endAt }: MessageFilter): unknown[] {
  return [organizationId, agentId, conversationIds, roles, startAt, endAt];
}

/** Where messages stand for themselves: what is not asked for is known when the statement is planned, and vanishes. */
function conditions(alias: string): string {
  return `${alias}.organization_id = $1 and ($2::text is null or ${alias}.agent_id = $2) and ($3::text[] is null or ${alias}.conversation_id = any($3))
   and ${alias}.role = any($4) and ($5::timestamptz is null or ${alias}.created_at >= $5) and ($6::timestamptz is null or ${alias}.created_at <= $6)`;
}

function toRecorded(row: RecordedRow): RecordedMessage {
  return { message: toMessage(row), isInDefault: row.is_default };
}

const selectSql = 'select m.*, (select c.is_default from conversations c where c.id = m.conversation_id) as is_default from messages m';
const messageWords = { name: 'message_words', join: '', id: 'message_id', order: 'w.sequence_id' };
const wordConditions = conditions('w');
const shown = `${conditions('m')} and m.search_text <> '' and not m.is_err`;

/** The turn before each hit, and the two behind it. */
const nearSql = `
select h.id as hit, n.id, n.off::int as offset
  from (select id, conversation_id, sequence_id from messages where id = any($7) and organization_id = $1) h,
  lateral (
    (select m.id, - row_number() over (order by m.sequence_id desc) as off from messages m
      where m.conversation_id = h.conversation_id and m.sequence_id < h.sequence_id and ${shown} order by m.sequence_id desc limit 1)
    union all
    (select m.id, row_number() over (order by m.sequence_id) from messages m
      where m.conversation_id = h.conversation_id and m.sequence_id > h.sequence_id and ${shown} order by m.sequence_id limit 2)
  ) n`;

/** Newest first, all alike. */
async function containing(database: Database, filter: MessageFilter, query: string, limit: number): Promise<Hit[]> {
  return database.query<Hit>(
    `select id, 1::float8 as score from (
       select m.id, m.sequence_id, m.search_text from messages m where ${shown} order by m.sequence_id desc limit ${scannedRows}) newest
      where ${contains('search_text').replace('$?', '$7')} order by sequence_id desc limit $8`,
    [...conditionsOf(filter), query, limit],
  );
}
