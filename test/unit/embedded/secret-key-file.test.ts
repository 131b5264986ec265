import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { secretKeys } from '../../../src/embedded/secret-key-file.js';
import { StartupError } from '../../../src/embedded/startup-error.js';

describe('secretKeys', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'secret-key-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('makes a key for the owner alone, once', () => {
    const dataDir = join(folder, 'deep', 'data');
    const [key] = secretKeys(dataDir, []);
    assert.equal(key.length, 32);
    assert.deepEqual(secretKeys(dataDir, []), [key]);
    assert.equal(statSync(join(dataDir, 'secret-key')).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(dataDir), ['secret-key']);
  });

  it('makes none where the setting has one, and still reads with one that was made before', () => {
    const configured = new Uint8Array(32).fill(7);
    assert.deepEqual(secretKeys(folder, [configured]), [configured]);
    assert.deepEqual(readdirSync(folder), []);
    const [made] = secretKeys(folder, []);
    assert.deepEqual(secretKeys(folder, [configured]), [configured, made]);
  });

  it('gives processes that start together the same key', async () => {
    const rounds = 40;
    const found = await Promise.all([0, 1].map(() => makeInThread(folder, rounds)));
    assert.deepEqual(found[0], found[1]);
    assert.equal(new Set(found[0]).size, rounds);
    const written = Array.from({ length: rounds }, (_, round) => readFileSync(join(folder, String(round), 'secret-key'), 'utf8').trim());
    assert.deepEqual(found[0], written);
  });

  it('says what is wrong with a key that cannot be used', () => {
    writeFileSync(join(folder, 'secret-key'), 'short');
    assert.throws(() => secretKeys(folder, []), /secret-key is not 32 bytes/);
    rmSync(join(folder, 'secret-key'));
    mkdirSync(join(folder, 'secret-key'));
    assert.throws(
      () => secretKeys(folder, []),
      (error: unknown) => error instanceof StartupError && error.message.includes('PERDURA_ENCRYPTION_KEY'),
    );
  });
});

/** The keys of folder after folder, each entered at the same moment as by the other threads. */
async function makeInThread(folder: string, rounds: number): Promise<readonly string[]> {
  const module = new URL('../../../src/embedded/secret-key-file.ts', import.meta.url).href;
  const worker = new Worker(
    `const { parentPort, threadId, workerData } = require('node:worker_threads');
     const { mkdirSync, readdirSync } = require('node:fs');
     import(workerData.tsx).then(({ tsImport }) => tsImport(workerData.module, workerData.module)).then(({ secretKeys }) => {
       const keys = [];
       for (let round = 0; round < workerData.rounds; round++) {
         mkdirSync(workerData.folder + '/' + round + '.' + threadId);
         while (readdirSync(workerData.folder).filter(name => name.startsWith(round + '.')).length < 2);
         keys.push(Buffer.from(secretKeys(workerData.folder + '/' + round, [])[0]).toString('base64'));
       }
       parentPort.postMessage(keys);
     });`,
    {
      eval: true,
      execArgv: [],
      workerData: { tsx: pathToFileURL(createRequire(import.meta.url).resolve('tsx/esm/api')).href, module, folder, rounds },
    },
  );
  try {
    return await new Promise<readonly string[]>((resolve, reject) => worker.once('message', resolve).once('error', reject));
  } finally {
    await worker.terminate();
  }
}
