import type { TransactionalDatabase } from './database.js';

export interface SearchSettingsValues {
  readonly language: string;
  readonly embedsMessages: boolean;
  readonly defaultEmbedding: string | null;
}

/** Postgres has no text search configuration of that name. */
export class UnknownLanguage extends Error {
  override readonly name = 'UnknownLanguage';
}

export function createSearchSettingsRepository(database: TransactionalDatabase) {
  return {
    /**
     * Has messages and passages indexed by these settings. What is stored is changed when they are not those of the last start: after a change of the language all words are
     * indexed anew, and what may be embedded now and was not before is noted for it.
     */
    apply: (wanted: SearchSettingsValues): Promise<void> =>
      database.transaction(async transaction => {
        const [known] = await transaction.query<{ name: string }>('select cfgname as name from pg_ts_config where cfgname = $1', [
          wanted.language,
        ]);
        if (known === undefined) throw new UnknownLanguage(`Postgres has no text search configuration ${wanted.language}`);
        const [current] = await transaction.query<SearchSettingsValues>(
          `select language, embeds_messages as "embedsMessages", default_embedding as "defaultEmbedding" from search_settings for update`,
        );
        if (current === undefined) throw new Error('The row of search_settings is gone');
        const values = [wanted.language, wanted.embedsMessages, wanted.defaultEmbedding];
        if (isSame(current, wanted)) return;
        // What is being written is seen below, or written by the new settings.
        await transaction.query('lock table message_words, passage_words in share row exclusive mode');
        await transaction.query('update search_settings set language = $1, embeds_messages = $2, default_embedding = $3', values);
        if (current.language !== wanted.language) for (const sql of indexAnew) await transaction.query(sql);
        if (!wanted.embedsMessages) await transaction.query('delete from unembedded_messages');
        else if (!current.embedsMessages || current.defaultEmbedding !== wanted.defaultEmbedding) await transaction.query(noteAgentsSql);
      }),
  };
}

function isSame(current: SearchSettingsValues, wanted: SearchSettingsValues): boolean {
  return (
    current.language === wanted.language &&
    current.embedsMessages === wanted.embedsMessages &&
    current.defaultEmbedding === wanted.defaultEmbedding
  );
}

const indexAnew = [
  `update message_words w set words = search_words(array['@' || w.organization_id, '@' || w.agent_id], m.search_text) from messages m where m.id = w.message_id`,
  `update passage_words w set words = search_words(array['@' || coalesce(p.archive_id, p.source_id)], p.text) from passages p where p.id = w.passage_id`,
];

/** Their messages are looked at by the workflow that embeds them. Agents that go by the server's default have their vectors made anew when it changes. */
const noteAgentsSql = `insert into stale_message_vectors (agent_id) select id from agents order by id on conflict (agent_id) do update set looked_to = 0`;
