import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createParseFile } from '../../../src/activities/files/parse-file.activity.js';
import type { ParseFileDeps } from '../../../src/activities/files/parse-file.activity.js';
import { ParserKilled, UnreadableDocument } from '../../../src/domain/files/document-parser.js';
import { ModelError } from '../../../src/domain/model/model-error.js';

const content = Buffer.from('One line.\n');
const progress = { status: 'embedding', next: 'chunk', totalChunks: 0, chunksEmbedded: 0, refusedChunks: 0, note: null } as const;

describe('parseFile', () => {
  const world = (more: Partial<ParseFileDeps> = {}, sha256: string | null = createHash('sha256').update(content).digest('hex')) => {
    const told: string[] = [];
    const parts: string[] = [];
    const file = { fileId: 'file-1', attempt: 1, fileName: 'a.txt', fileType: null, sizeBytes: 10, objectKey: 'files/1', sha256 };
    const deps: ParseFileDeps = {
      fileIngests: {
        beginParse: () => Promise.resolve(file),
        addParts: (_file, added) => {
          parts.push(...added.map(({ text }) => text));
          return Promise.resolve(true);
        },
        isParsing: () => Promise.resolve(true),
        finishParse: (_file, { lineCount, charCount }) => {
          told.push(`finished with ${lineCount} lines and ${charCount} characters`);
          return Promise.resolve();
        },
        note: (_id, reason) => {
          told.push(`note: ${reason}`);
          return Promise.resolve();
        },
        fail: (_id, reason) => {
          told.push(`error: ${reason}`);
          return Promise.resolve();
        },
        progress: () => Promise.resolve(progress),
      },
      objectStorage: { get: () => Promise.resolve(bytesOf(content)) },
      documentParser: { parse: document => Promise.resolve({ kind: 'text', text: textOf(document.bytes) }) },
      parseLimits: { maxCharacters: 100, timeoutMinutes: 1 },
      ...more,
    };
    const environment = new MockActivityEnvironment();
    return { told, parts, environment, run: () => environment.run(createParseFile(deps), { fileId: 'file-1' }) };
  };

  it('keeps the text and its measures', async () => {
    const { run, told, parts } = world();
    assert.deepEqual(await run(), progress);
    assert.deepEqual([parts, told], [['One line.\n'], ['finished with 1 lines and 10 characters']]);
  });

  it('tries again when the storage of objects is away, from the start or in the middle', async () => {
    for (const get of [
      () => Promise.reject(new Error('ECONNREFUSED 10.0.0.1')),
      () => Promise.resolve(bytesOf(content, new Error('reset'))),
    ]) {
      const { run, told } = world({ objectStorage: { get } });
      await assert.rejects(run(), { type: 'StorageAway', nonRetryable: false });
      assert.deepEqual(told, ['note: The storage of this server cannot be read: Error']);
    }
  });

  it('ends the file whose bytes are gone or have changed, that is too long, or whose document cannot be read', async () => {
    const unreadable = { parse: () => Promise.reject(new UnreadableDocument('It is broken.')) };
    for (const [more, sha256, reason] of [
      [{ objectStorage: { get: () => Promise.resolve(undefined) } }, null, /missing from the storage/],
      [{}, 'other', /damaged in the storage/],
      [{ parseLimits: { maxCharacters: 5, timeoutMinutes: 1 } }, null, /more than 5 characters/],
      [{ documentParser: unreadable }, null, /It is broken\./],
    ] as const) {
      const { run, told } = world(more, sha256);
      await run();
      assert.equal(told.length, 1);
      assert.match(told[0] ?? '', reason);
      assert.match(told[0] ?? '', /^error/);
    }
  });

  it('waits for a model that is away, and ends with the reason of one that refuses the key', async () => {
    const failing = (retryable: boolean) => ({
      documentParser: { parse: () => Promise.reject(new ModelError({ kind: 'llm_server_error', message: 'No.', retryable })) },
    });
    const away = world(failing(true));
    await assert.rejects(away.run(), { type: 'llm_server_error', nonRetryable: false });
    assert.deepEqual(away.told, ['note: No.']);
    const refused = world(failing(false));
    await refused.run();
    assert.deepEqual(refused.told, ['error: No.']);
  });

  it('tries again when somebody else has ended the parser', async () => {
    for (const signal of ['SIGINT', 'SIGKILL']) {
      const { run, told } = world({ documentParser: { parse: () => Promise.reject(new ParserKilled(signal)) } });
      await assert.rejects(run(), { type: 'ParserKilled', nonRetryable: false });
      assert.deepEqual(told, [`note: The parser was ended by ${signal} from outside.`]);
    }
  });

  it('leaves the file to another worker when its own goes down', async () => {
    const never = {
      parse: (_: unknown, signal: AbortSignal) =>
        new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
    };
    const { run, told, environment } = world({ documentParser: never });
    const running = run();
    setImmediate(() => environment.cancel());
    await assert.rejects(running, { type: 'WorkerDown', nonRetryable: false });
    assert.deepEqual(told, []);
  });
});

async function* bytesOf(bytes: Buffer, failure?: Error): AsyncGenerator<Uint8Array> {
  yield bytes;
  if (failure !== undefined) throw failure;
}

async function* textOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  for await (const piece of bytes) yield Buffer.from(piece).toString();
}
