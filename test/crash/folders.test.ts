import assert from 'node:assert/strict';
import pg from 'pg';
import type { Cluster } from '../support/cluster.js';
import { until } from '../support/gate.js';
import { textOf } from '../support/mock-openai.js';
import { sharedCluster } from '../support/shared-cluster.js';

describe('folders and files, whatever happens', function () {
  this.timeout(120_000);
  let cluster: Cluster;
  let database: pg.Client;

  before(async () => {
    cluster = await sharedCluster();
    database = new pg.Client({ connectionString: await cluster.databaseUrl() });
    await database.connect();
  });
  after(() => database.end());
  beforeEach(() => {
    cluster.onBoundary = () => undefined;
  });

  const call = async <Body>(method: string, path: string, body?: object): Promise<Body> => {
    const json = body !== undefined && !(body instanceof FormData);
    const response = await fetch(`${cluster.url}${path}`, {
      method,
      ...(json ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
      ...(body instanceof FormData ? { body } : {}),
    });
    const text = await response.text();
    assert.ok(response.ok, text);
    return (text === '' ? null : JSON.parse(text)) as Body;
  };
  const newFolder = (name: string) => call<{ id: string }>('POST', '/v1/folders/', { name, embedding: 'openai/text-embedding-3-small' });
  const upload = (folderId: string, name: string) => {
    const form = new FormData();
    form.append('file', new Blob(['one\ntwo'], { type: 'text/plain' }), name);
    return call<{ id: string; file_name: string }>('POST', `/v1/folders/${folderId}/upload`, form);
  };
  const count = async (sql: string, ...parameters: readonly string[]): Promise<number> =>
    (await database.query(sql, [...parameters])).rows.length;
  /** Kills the worker when the activity has come to its boundary for the first time, and starts another one. */
  const killAt = (activity: string, when: 'before' | 'after'): (() => number) => {
    let kills = 0;
    cluster.onBoundary = async boundary => {
      if (boundary.activity !== activity || boundary.when !== when || kills > 0) return;
      kills += 1;
      cluster.kill('worker');
      await cluster.start('worker');
    };
    return () => kills;
  };

  it('show nothing of an upload in which the API is killed, and take away what it has left', async () => {
    const { id } = await newFolder('cut off');
    const boundary = 'part-of-the-form';
    const head = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="a.txt"\r\ncontent-type: text/plain\r\n\r\n`;
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(`${head}the first half`));
      },
    });
    const cut = fetch(`${cluster.url}/v1/folders/${id}/upload`, {
      method: 'POST',
      headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
      body,
      duplex: 'half',
    });
    const isCut = assert.rejects(cut);
    await until(async () => (await count('select from files where source_id = $1', id)) === 1);
    cluster.kill('api');
    await isCut;
    await cluster.start('api');
    assert.deepEqual(await call('GET', `/v1/folders/${id}/files`), []);
    assert.equal((await upload(id, 'a.txt')).file_name, 'cut off/a.txt');
    await database.query(`update files set deleted_at = now() - interval '1 day' where source_id = $1 and sha256 is null`, [id]);
    await until(async () => (await count('select from files where source_id = $1', id)) === 1);
    assert.equal((await call<unknown[]>('GET', `/v1/folders/${id}/files`)).length, 1);
  });

  it('go with a deleted folder though the worker is killed in the middle', async () => {
    const { id } = await newFolder('to be deleted');
    for (const name of ['a.txt', 'b.txt']) await upload(id, name);
    const kills = killAt('deleteFiles', 'before');
    await call('DELETE', `/v1/folders/${id}`);
    await until(async () => (await count('select from sources where id = $1', id)) === 0);
    assert.equal(await count('select from files where source_id = $1', id), 0);
    assert.equal(kills(), 1);
  });

  it('are opened once by a tool whose worker is killed behind its work, and the next step sees them', async () => {
    const { id } = await newFolder('library');
    const files = [await upload(id, 'a.txt'), await upload(id, 'b.txt')].map(file => file.id);
    await database.query(
      `insert into file_contents (file_id, part, first_line, line_count, text) select unnest($1::text[]), 0, 0, 2, $2 on conflict do nothing`,
      [files, 'one\ntwo'],
    );
    await database.query('update files set line_count = 2, char_count = 7 where id = any($1)', [files]);
    const agent = await call<{ id: string }>('POST', '/v1/agents/', { model: 'openai/mock-model', max_files_open: 1, folder_ids: [id] });
    let seen = '';
    cluster.mock.script = ({ messages }) => {
      if (messages.at(-1)?.role !== 'tool')
        return { toolCalls: [{ name: 'open_files', args: { file_requests: [{ file_name: 'library/b.txt' }] } }] };
      seen = textOf(messages[0]);
      return { text: 'Done.' };
    };
    const kills = killAt('runTool', 'after');
    await call('POST', `/v1/agents/${agent.id}/messages`, { input: 'open b' });
    assert.equal(kills(), 1);
    assert.match(seen, /<file status="open" name="library\/b\.txt">[^]*1: one\n2: two/);
    const open = await call<{ files: { file_name: string }[] }>('GET', `/v1/agents/${agent.id}/files?is_open=true`);
    assert.deepEqual(
      open.files.map(file => file.file_name),
      ['library/b.txt'],
    );
  });
});
