import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import type { ObjectStorage } from '../../src/domain/files/object-storage.js';

export interface StorageUnderTest {
  readonly storage: ObjectStorage;
  /** All that is kept, what nobody can read among it. */
  readonly traces: () => Promise<readonly string[]>;
}

/** What every storage of objects has to do alike. */
export function describeObjectStorage(name: string, underTest: () => StorageUnderTest): void {
  describe(`${name} as a storage of objects`, () => {
    const read = async (key: string): Promise<Buffer | undefined> => {
      const bytes = await underTest().storage.get(key);
      return bytes === undefined ? undefined : buffer(bytes);
    };

    it('gives back what was put, and knows its size and hash', async () => {
      const { storage } = underTest();
      const content = Buffer.from('Grüße \0\xff', 'latin1');
      const stored = await storage.put('org-1/file-1', pieces(content.subarray(0, 3), content.subarray(3)));
      assert.deepEqual(stored, { sizeBytes: content.length, sha256: createHash('sha256').update(content).digest('hex') });
      assert.deepEqual(await read('org-1/file-1'), content);
    });

    it('keeps an empty object', async () => {
      const stored = await underTest().storage.put('empty', pieces());
      assert.equal(stored.sizeBytes, 0);
      assert.equal((await read('empty'))?.length, 0);
    });

    it('takes an object of several parts', async () => {
      const part = Buffer.alloc(1024 * 1024, 'x');
      const stored = await underTest().storage.put('large', pieces(...Array.from({ length: 20 }, () => part)));
      assert.equal(stored.sizeBytes, 20 * part.length);
      const back = await read('large');
      assert.equal(back === undefined ? '' : createHash('sha256').update(back).digest('hex'), stored.sha256);
    });

    it('has nothing under a key that was never written or was deleted, and deletes what is not there', async () => {
      const { storage } = underTest();
      assert.equal(await storage.get('nothing/here'), undefined);
      await storage.delete('nothing/here');
      await storage.put('gone', pieces(Buffer.from('x')));
      await storage.delete('gone');
      assert.equal(await storage.get('gone'), undefined);
    });

    it('leaves nothing of an object whose bytes break off, whether few came or many', async () => {
      const { storage, traces } = underTest();
      const before = await traces();
      for (const count of [1, 18]) {
        const broken = async function* (): AsyncGenerator<Uint8Array> {
          for (let index = 0; index < count; index += 1) yield Buffer.alloc(1024 * 1024);
          await Promise.reject(new Error('The client hung up'));
        };
        await assert.rejects(storage.put('broken', broken()), /hung up/);
        assert.equal(await storage.get('broken'), undefined);
      }
      assert.deepEqual(await traces(), before);
    });

    it('leaves nothing of an object whose writing is called off', async () => {
      const { storage, traces } = underTest();
      const before = await traces();
      const calledOff = new AbortController();
      const endless = async function* (): AsyncGenerator<Uint8Array> {
        for (let index = 0; ; index += 1) {
          yield Buffer.alloc(1024 * 1024);
          if (index === 17) calledOff.abort();
          await new Promise(resolve => setImmediate(resolve));
        }
      };
      await assert.rejects(storage.put('endless', endless(), calledOff.signal), { name: 'AbortError' });
      assert.equal(await storage.get('endless'), undefined);
      assert.deepEqual(await traces(), before);
      await assert.rejects(storage.put('late', pieces(Buffer.from('x')), AbortSignal.abort()), { name: 'AbortError' });
    });

    it('knows no key that leads anywhere else', async () => {
      const { storage } = underTest();
      for (const key of ['../secret', 'a/../../b', '/etc/passwd', 'a//b', 'a/', '', '.', 'a/.hidden', 'a\0b', 'a\\b', 'x'.repeat(600)]) {
        await assert.rejects(async () => storage.get(key), /no such key/, key);
        await assert.rejects(async () => storage.put(key, pieces(Buffer.from('x'))), /no such key/, key);
        await assert.rejects(async () => storage.delete(key), /no such key/, key);
      }
    });
  });
}

async function* pieces(...parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield part;
}
