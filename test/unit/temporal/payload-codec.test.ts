import assert from 'node:assert/strict';
import { defaultPayloadConverter } from '@temporalio/common';
import { createPayloadCodec, UnreadablePayloadError } from '../../../src/temporal/payload-codec.js';

const [first, second] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
const secret = defaultPayloadConverter.toPayload('The launch code is heron-42.');

describe('createPayloadCodec', () => {
  it('gives back what it has encrypted, and writes the same text differently each time', async () => {
    const codec = createPayloadCodec([first]);
    const [one, two] = await codec.encode([secret, secret]);
    assert.ok(one !== undefined && two !== undefined);
    assert.doesNotMatch(Buffer.from(one.data ?? []).toString('latin1'), /heron/);
    assert.notDeepEqual(one.data, two.data);
    const decoded = await codec.decode([one, two]);
    assert.deepEqual(
      decoded.map(payload => defaultPayloadConverter.fromPayload(payload)),
      Array(2).fill('The launch code is heron-42.'),
    );
  });

  it('encrypts with the first of several keys and decrypts with all', async () => {
    const old = await createPayloadCodec([first]).encode([secret]);
    const rotated = createPayloadCodec([second, first]);
    assert.deepEqual(defaultPayloadConverter.fromPayload((await rotated.decode(old))[0] ?? {}), 'The launch code is heron-42.');
    const now = await rotated.encode([secret]);
    assert.equal((await createPayloadCodec([second]).decode(now)).length, 1);
    await assert.rejects(createPayloadCodec([first]).decode(now), UnreadablePayloadError);
  });

  it('leaves payloads as they are that were written without a key', async () => {
    assert.deepEqual(await createPayloadCodec([]).encode([secret]), [secret]);
    assert.deepEqual(await createPayloadCodec([first]).decode([secret]), [secret]);
  });

  it('says which key is missing, and calls out', async () => {
    const encrypted = await createPayloadCodec([first]).encode([secret]);
    const missing: Error[] = [];
    const codec = createPayloadCodec([], error => missing.push(error));
    await assert.rejects(
      codec.decode(encrypted),
      /encrypted with the key [\da-f]{16}, and this process has no key\. Add that key to PERDURA_ENCRYPTION_KEY/,
    );
    assert.equal(missing.length, 1);
  });

  it('refuses what was changed or cut off', async () => {
    const codec = createPayloadCodec([first]);
    const [payload] = await codec.encode([secret]);
    const data = Buffer.from(payload?.data ?? []);
    const changed = Buffer.from(data);
    changed[20] = (changed[20] ?? 0) ^ 1;
    for (const wrong of [changed, data.subarray(0, 30), data.subarray(0, 5), Buffer.alloc(0)]) {
      await assert.rejects(codec.decode([{ ...payload, data: wrong }]), /changed or cut off/);
    }
  });
});
