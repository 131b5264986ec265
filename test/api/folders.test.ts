import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { toFile } from '@letta-ai/letta-client';
import { until } from '../support/gate.js';
import { useStack } from '../support/stack-client.js';

describe('folders by the official SDK', () => {
  const { stack, letta: client } = useStack();
  const embedding = 'openai/text-embedding-3-small';
  const newFolder = (name = `docs ${randomUUID()}`) => client.folders.create({ name, embedding });
  const upload = async (folderId: string, name: string, content = 'some text', more: object = {}) =>
    client.folders.files.upload(folderId, { file: await toFile(Buffer.from(content), name, { type: 'text/plain' }), ...more });
  const namesIn = async (folderId: string): Promise<unknown[]> =>
    (await client.folders.files.list(folderId, { order: 'asc' })).items.map(file => file.file_name);
  const get = async (path: string) => {
    const response = await fetch(`${stack.url}${path}`);
    return { status: response.status, body: await response.json() };
  };

  it('are created, found by name, changed, counted and deleted, under both of their names', async () => {
    const name = `docs ${randomUUID()}`;
    const folder = await client.folders.create({ name, embedding, description: 'mine', embedding_chunk_size: 200, metadata: { a: 1 } });
    assert.deepEqual([folder.embedding_config.embedding_dim, folder.embedding_config.embedding_chunk_size], [1536, 200]);
    assert.deepEqual((await client.folders.list({ name })).items, [folder]);
    assert.deepEqual(await get(`/v1/folders/name/${encodeURIComponent(name)}`), { status: 200, body: folder.id });
    assert.deepEqual((await get(`/v1/sources/${folder.id}`)).body, { ...folder, vector_db_provider: 'native' });
    await assert.rejects(newFolder(name), { status: 409 });
    const changed = await client.folders.update(folder.id, { instructions: 'Read them.', metadata: {} });
    assert.deepEqual([changed.name, changed.description, changed.instructions, changed.metadata], [name, 'mine', 'Read them.', {}]);
    const count = (await get('/v1/folders/count')).body as number;
    assert.deepEqual((await get('/v1/sources/count')).body, count);
    await client.folders.delete(folder.id);
    await assert.rejects(client.folders.retrieve(folder.id), { status: 404 });
    await assert.rejects(client.folders.update(folder.id, { name: 'x' }), { status: 404 });
    await assert.rejects(client.folders.delete(folder.id), { status: 404 });
    assert.equal((await get('/v1/folders/count')).body, count - 1);
    await newFolder(name);
  });

  it('need an embedding model that somebody has, and keep it while they have files', async () => {
    await assert.rejects(client.folders.create({ name: `docs ${randomUUID()}` }), {
      status: 400,
      message: /Must specify either embedding/,
    });
    await assert.rejects(client.folders.create({ name: `docs ${randomUUID()}`, embedding: 'openai/nobody' }), { status: 400 });
    const { id, embedding_config: config } = await newFolder();
    const other = { ...config, embedding_model: 'text-embedding-3-large', embedding_dim: 3072, handle: 'openai/text-embedding-3-large' };
    assert.equal((await client.folders.update(id, { embedding_config: other })).embedding_config.embedding_dim, 3072);
    await upload(id, 'a.txt');
    await client.folders.update(id, { embedding_config: other, description: 'the same model' });
    await assert.rejects(client.folders.update(id, { embedding_config: config }), { status: 400, message: /cannot be changed/ });
  });

  it('take a file in, show it at once, and put its bytes into the object storage', async () => {
    const folder = await newFolder();
    const file = await upload(folder.id, 'Zusammenfassung für Åse.txt', 'one\ntwo');
    assert.equal(file.file_name, `${folder.name}/Zusammenfassung für Åse.txt`);
    assert.deepEqual([file.processing_status, file.file_type, file.file_size, file.content], ['parsing', 'text/plain', 7, null]);
    const bytes = await stack.backend.objectStorage.get(`files/${file.id}`);
    assert.ok(bytes !== undefined);
    assert.equal(await text(bytes), 'one\ntwo');
    const found = await client.folders.files.retrieve(file.id, { folder_id: folder.id });
    assert.equal(found.original_file_name, 'Zusammenfassung für Åse.txt');
    const stats = (await get('/v1/folders/metadata?include_detailed_per_source_metadata=true')).body as {
      sources: { source_id: string }[];
    };
    assert.deepEqual(
      stats.sources.find(({ source_id: id }) => id === folder.id),
      {
        source_id: folder.id,
        source_name: folder.name,
        file_count: 1,
        total_size: 7,
        files: [{ file_id: file.id, file_name: file.file_name, file_size: 7 }],
      },
    );
  });

  it('number files of one name, refuse them, keep the first or take the last, as the upload asks', async () => {
    const { id, name } = await newFolder();
    await upload(id, 'a.txt');
    await upload(id, 'a.txt');
    const third = await upload(id, 'a.txt');
    assert.deepEqual(await namesIn(id), [`${name}/a.txt`, `${name}/a_(1).txt`, `${name}/a_(2).txt`]);
    await assert.rejects(upload(id, 'a.txt', 'x', { duplicate_handling: 'error' }), {
      status: 400,
      message: new RegExp(`File 'a.txt' already exists in folder '${name}'`),
    });
    const params = { file: await toFile(Buffer.from('x'), 'a.txt', { type: 'text/plain' }), duplicate_handling: 'skip' } as const;
    const { data: kept, response } = await client.folders.files.upload(id, params).withResponse();
    assert.deepEqual([kept.id, response.headers.get('x-upload-result')], [third.id, 'skipped']);
    const replaced = await upload(id, 'a.txt', 'new', { duplicate_handling: 'replace' });
    assert.equal(replaced.file_name, 'a.txt');
    assert.deepEqual(await namesIn(id), [`${name}/a.txt`, `${name}/a_(1).txt`, 'a.txt']);
    await assert.rejects(client.folders.files.retrieve(third.id, { folder_id: id }), { status: 404 });
    await upload(id, 'b.txt', 'x', { name: 'a named one.md' });
    assert.equal((await namesIn(id)).at(-1), `${name}/a named one.md`);
  });

  it('refuse types that nobody can read, names of nothing, files that are too large, and requests without one', async () => {
    const { id } = await newFolder();
    const send = async (form: FormData) => {
      const response = await fetch(`${stack.url}/v1/folders/${id}/upload`, { method: 'POST', body: form });
      return { status: response.status, detail: ((await response.json()) as { detail: string }).detail };
    };
    const formOf = (name: string, type: string): FormData => {
      const form = new FormData();
      form.append('file', new Blob(['x'], { type }), name);
      return form;
    };
    const unsupported = await send(formOf('film.mp4', 'video/mp4'));
    assert.equal(unsupported.status, 415);
    assert.match(unsupported.detail, /^Unsupported file type: video\/mp4 \(filename: film\.mp4\)\. Supported types: /);
    assert.equal((await send(formOf('code.py', 'application/octet-stream'))).status, 200);
    assert.equal((await send(formOf('con', 'text/plain'))).status, 400);
    const empty = new FormData();
    empty.append('other', 'x');
    assert.equal((await send(empty)).status, 422);
    const cutOff = '--x\r\nContent-Disposition: form-data; name="file"; filename="t.txt"\r\nContent-Type: text/plain\r\n\r\ncut';
    for (const [type, body] of [
      ['multipart/form-data', ''],
      ['multipart/form-data; boundary=x', cutOff],
    ] as const) {
      const broken = await fetch(`${stack.url}/v1/folders/${id}/upload`, { method: 'POST', headers: { 'content-type': type }, body });
      assert.equal(broken.status, 422, `${type}: ${await broken.text()}`);
    }
    const missing = await fetch(`${stack.url}/v1/folders/source-${randomUUID()}/upload`, {
      method: 'POST',
      body: formOf('a.txt', 'text/plain'),
    });
    assert.equal(missing.status, 404);
    assert.equal((await namesIn(id)).length, 1);
  });

  it('lose a deleted file at once, and its rows and bytes by a job', async () => {
    const { id } = await newFolder();
    const file = await upload(id, 'a.txt');
    await client.folders.files.delete(file.id, { folder_id: id });
    assert.deepEqual(await namesIn(id), []);
    await assert.rejects(client.folders.files.delete(file.id, { folder_id: id }), { status: 404 });
    await until(async () => (await stack.backend.database.query('select id from files where id = $1', [file.id])).length === 0);
    assert.equal(await stack.backend.objectStorage.get(`files/${file.id}`), undefined);
  });

  it('are deleted with all their files', async () => {
    const { id } = await newFolder();
    const files = [await upload(id, 'a.txt'), await upload(id, 'b.txt')];
    await client.folders.delete(id);
    await until(async () => (await stack.backend.database.query('select id from sources where id = $1', [id])).length === 0);
    for (const file of files) assert.equal(await stack.backend.objectStorage.get(`files/${file.id}`), undefined);
  });
});
