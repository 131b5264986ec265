import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalObjectStorage } from '../../src/providers/object-storage/local-object-storage.js';
import { createS3ObjectStorage } from '../../src/providers/object-storage/s3-object-storage.js';
import { createGate, until } from '../support/gate.js';
import { describeObjectStorage } from '../support/object-storage-conformance.js';
import { startS3 } from '../support/s3-server.js';
import type { S3Server } from '../support/s3-server.js';

describe('createLocalObjectStorage', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'perdura-objects-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const files = async (): Promise<string[]> => {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name));
  };

  describeObjectStorage('A folder', () => ({ storage: createLocalObjectStorage(folder), traces: files }));

  it('takes away with a key what a process that is gone has left of it, and nothing of others', async () => {
    const storage = createLocalObjectStorage(folder);
    const before = await files();
    const gate = createGate();
    const never = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from('the first half');
      await gate.opened;
    };
    const [one, other] = [storage.put('cut/one', never()), storage.put('cut/other', never())];
    await until(async () => (await files()).length === before.length + 2);
    await createLocalObjectStorage(folder).delete('cut/one');
    assert.equal((await files()).length, before.length + 1);
    gate.open();
    await assert.rejects(one);
    await other;
    await storage.delete('cut/other');
    assert.deepEqual(await files(), before);
  });

  describe('behind them all', () => {
    it('lets nobody else on the machine read the files', async () => {
      const kept = await files();
      assert.ok(kept.length > 0);
      for (const file of kept) assert.equal((await stat(file)).mode & 0o077, 0, file);
    });
  });
});

describe('createS3ObjectStorage', () => {
  let server: S3Server;
  let storage: ReturnType<typeof createS3ObjectStorage>;
  before(async function () {
    this.timeout(180_000);
    server = await startS3();
    storage = createS3ObjectStorage(server.options);
  });
  after(async () => {
    await (storage as typeof storage | undefined)?.close();
    await (server as S3Server | undefined)?.stop();
  });

  describeObjectStorage('S3', () => ({
    storage,
    traces: async () => [...(await server.keys()), `${await server.openUploads()} open uploads`],
  }));

  it('fails with the reason when the storage refuses, and names no key', async () => {
    const other = createS3ObjectStorage({ ...server.options, bucket: 'no-such-bucket' });
    await assert.rejects(other.get('a'), (error: Error) => /bucket/i.test(error.message) && !error.message.includes('secret'));
    await other.close();
  });

  describe('behind them all', () => {
    it('keeps all objects under its prefix', async () => {
      const keys = await server.keys();
      assert.ok(keys.length > 0 && keys.every(key => key.startsWith('files/')), keys.join());
    });
  });
});
