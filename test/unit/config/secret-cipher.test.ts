import assert from 'node:assert/strict';
import { createSecretCipher } from '../../../src/config/secret-cipher.js';
import { UnreadableSecret } from '../../../src/domain/secrets/secret-cipher.js';

const [first, second] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
const secret = 'sk-heron-42 ☂';

describe('createSecretCipher', () => {
  it('opens what it has sealed, and seals the same text differently each time', () => {
    const cipher = createSecretCipher([first]);
    const [one, two] = [cipher.seal(secret), cipher.seal(secret)];
    assert.notEqual(one, two);
    assert.doesNotMatch(Buffer.from(one.split(':').at(-1) ?? '', 'base64').toString('latin1'), /heron/);
    assert.deepEqual([cipher.open(one), cipher.open(two), cipher.open(cipher.seal(''))], [secret, secret, '']);
  });

  it('seals with the first of several keys and opens with all', () => {
    const old = createSecretCipher([first]).seal(secret);
    const rotated = createSecretCipher([second, first]);
    assert.equal(rotated.open(old), secret);
    assert.equal(createSecretCipher([second]).open(rotated.seal(secret)), secret);
  });

  it('says which key is missing, and nothing of the secret', () => {
    const sealed = createSecretCipher([first]).seal(secret);
    const id = sealed.split(':')[2] ?? '';
    assert.throws(
      () => createSecretCipher([second]).open(sealed),
      (error: unknown) =>
        error instanceof UnreadableSecret && error.message.includes(id) && error.message.includes('PERDURA_ENCRYPTION_KEY'),
    );
  });

  it('refuses what was changed, cut off, or never sealed', () => {
    const cipher = createSecretCipher([first]);
    const sealed = cipher.seal(secret);
    const [head, data] = [sealed.slice(0, sealed.lastIndexOf(':') + 1), Buffer.from(sealed.slice(sealed.lastIndexOf(':') + 1), 'base64')];
    const changed = Buffer.from(data);
    changed[14] = (changed[14] ?? 0) ^ 1;
    for (const wrong of [changed, data.subarray(0, 20), data.subarray(0, 3)])
      assert.throws(() => cipher.open(head + wrong.toString('base64')), /changed or cut off/);
    for (const wrong of ['sk-plain', '', 'sealed:2:0000000000000000:AAAA']) assert.throws(() => cipher.open(wrong), UnreadableSecret);
  });
});
