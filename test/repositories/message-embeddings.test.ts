import assert from 'node:assert/strict';
import { embeddingKey } from '../../src/domain/model/embedder.js';
import type { EmbeddingConfig } from '../../src/domain/model/model-config.js';
import { createMessageEmbeddingsRepository } from '../../src/repositories/message-embeddings.repository.js';
import type { MessageEmbeddingsRepository } from '../../src/repositories/message-embeddings.repository.js';
import { createMessageListRepository } from '../../src/repositories/message-list.repository.js';
import { createSearchSettingsRepository } from '../../src/repositories/search-settings.repository.js';
import { waitFor } from '../support/approval-world.js';
import { openTestDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';

const config: EmbeddingConfig = {
  handle: 'openai/small',
  embeddingModel: 'small',
  embeddingEndpointType: 'openai',
  embeddingEndpoint: null,
  embeddingDim: 2,
  embeddingChunkSize: 300,
  batchSize: 32,
};
const other: EmbeddingConfig = { ...config, embeddingModel: 'other' };

describe('messages', () => {
  let world: TestDatabase;
  let embeddings: MessageEmbeddingsRepository;
  let made = 0;

  before(async () => {
    world = await openTestDatabase();
    embeddings = createMessageEmbeddingsRepository(world.database);
    await query(`insert into organizations (id, name) values ('org-a', 'a')`);
  });
  beforeEach(() => query('delete from agents'));
  after(() => world.close());

  const query = <Row = unknown>(sql: string, ...parameters: readonly unknown[]) => world.database.query<Row>(sql, parameters);
  /** An agent with so many messages, which wait for their vectors when it has a model. */
  const newAgent = async (embedding: EmbeddingConfig | null, messages: number): Promise<string> => {
    const id = `agent-${++made}`;
    await query(
      `insert into agents (id, organization_id, agent_type, name, system, llm_config, embedding_config) values ($1, 'org-a', 'memgpt_v2_agent', $1, '', '{}', $2)`,
      id,
      embedding === null ? null : JSON.stringify(embedding),
    );
    await query(`insert into conversations (id, agent_id, is_default) values ('default-' || $1, $1, true), ('side-' || $1, $1, false)`, id);
    await query(
      `insert into messages (id, organization_id, agent_id, conversation_id, role, content, search_text)
       select $1 || '-' || n, 'org-a', $1, case when n > 1 then 'default-' else 'side-' end || $1, 'user', '[]', 'heron ' || n from generate_series(1, $2::int) n`,
      id,
      messages,
    );
    return id;
  };
  const change = (id: string, embedding: EmbeddingConfig | null) =>
    query('update agents set embedding_config = $2 where id = $1', id, embedding === null ? null : JSON.stringify(embedding));
  const embedDue = async (limit = 10): Promise<number> => {
    const due = await embeddings.due(limit);
    for (const { id, dueAt, config: of } of due) await embeddings.keep(embeddingKey(of ?? config), [{ id, dueAt, vector: [1, 0] }]);
    return due.length;
  };
  const keys = async (): Promise<string[]> =>
    (await query<{ key: string }>('select embedding_key as key from message_embeddings order by message_id')).map(({ key }) => key);

  it('keep their vectors when a change of the settings leaves the model as it is', async () => {
    const id = await newAgent(config, 2);
    await embedDue();
    await change(id, {
      ...config,
      embeddingEndpoint: 'http://other',
      batchSize: 1,
      embeddingChunkSize: 1,
      handle: 'openai/by-another-name',
    });
    assert.deepEqual([await embeddings.isDue(), await embeddings.listStale(10)], [false, false]);
    const [row] = await query<{ key: string }>('select embedding_key(embedding_config) as key from agents where id = $1', id);
    assert.equal(row?.key, embeddingKey(config), 'the database has the same key');
  });

  it('get new vectors batch by batch after a change of the model, each in the place of the old one', async () => {
    const id = await newAgent(config, 5);
    await embedDue();
    await change(id, other);
    assert.equal((await keys()).length, 5, 'the change deletes none');
    assert.equal(await embeddings.isDue(), true);
    const listed: number[] = [];
    while (await embeddings.listStale(2)) listed.push(await embedDue());
    assert.deepEqual(listed, [2, 2, 1]);
    assert.deepEqual(await keys(), Array(5).fill(embeddingKey(other)));
    assert.equal(await embeddings.isDue(), false);
  });

  it('get no vectors of a model that has been changed back', async () => {
    const id = await newAgent(config, 3);
    await embedDue();
    await change(id, other);
    await embeddings.listStale(2);
    await change(id, config);
    while (await embeddings.listStale(10));
    assert.equal(await embedDue(), 0);
    assert.deepEqual(await keys(), Array(3).fill(embeddingKey(config)));
  });

  it('lose their vectors when the agent has no model any more', async () => {
    const id = await newAgent(config, 3);
    await embedDue(2);
    await change(id, null);
    while (await embeddings.listStale(2));
    assert.deepEqual([await keys(), await embeddings.isDue()], [[], false]);
  });

  it('are given up when their text was refused a hundred times', async () => {
    await newAgent(config, 2);
    const [first, second] = (await embeddings.due(2)).map(({ id }) => id);
    await query('update unembedded_messages set failures = 100');
    await embeddings.postpone([first ?? ''], true);
    await embeddings.postpone([second ?? '']);
    assert.deepEqual(await query('select message_id as id, failures from unembedded_messages'), [{ id: second, failures: 101 }]);
  });

  it('are found by the new settings though they were being written while these changed', async () => {
    const settings = createSearchSettingsRepository(world.database);
    const id = await newAgent(null, 1);
    const changes: Promise<void>[] = [];
    await world.database.transaction(async transaction => {
      await transaction.query(
        `insert into messages (id, organization_id, agent_id, conversation_id, role, content, search_text)
         values ('late', 'org-a', $1, 'default-' || $1, 'user', '[]', 'running herons')`,
        [id],
      );
      changes.push(settings.apply({ language: 'simple', embedsMessages: true, defaultEmbedding: 'openai/small' }));
      await waitFor(async () => {
        const waiting = await query(
          `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database() and query like 'lock table%'`,
        );
        return waiting.length > 0;
      });
    });
    await Promise.all(changes);
    while (await embeddings.listStale(10));
    assert.deepEqual((await embeddings.due(10)).map(due => due.id).toSorted(), [`${id}-1`, 'late']);
    const [row] = await query<{ found: boolean }>(`select words @@ 'running' as found from message_words where message_id = 'late'`);
    assert.equal(row?.found, true, 'it is indexed by the new language');
    await settings.apply({ language: 'english', embedsMessages: true, defaultEmbedding: null });
  });

  it('of the default conversations of all agents are listed when no agent is named', async () => {
    for (const count of [3, 2]) await newAgent(null, count);
    const page = { before: null, after: null, limit: 10, newest: false };
    const listed = await createMessageListRepository(world.database).list({ organizationId: 'org-a', conversationId: 'default' }, page);
    assert.deepEqual(
      listed.map(({ conversationId }) => conversationId.replace(/\d+/, '')),
      Array(3).fill('default-agent-'),
    );
  });
});
