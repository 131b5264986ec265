import assert from 'node:assert/strict';
import { listSettings, loadSettings, SettingError } from '../../../src/config/settings.js';

const key = Buffer.alloc(32, 5);

describe('PERDURA_ENCRYPTION_KEY', () => {
  it('takes 32 bytes as base64 or hex, and several of them', () => {
    const text = `${key.toString('hex')}, ${key.toString('base64')},${key.toString('base64url')}`;
    const { encryptionKeys } = loadSettings({ PERDURA_ENCRYPTION_KEY: text });
    assert.deepEqual(
      encryptionKeys.map(entry => Buffer.from(entry).equals(key)),
      [true, true, true],
    );
    assert.deepEqual(loadSettings({}).encryptionKeys, []);
  });

  it('is refused when it is no key, without being told', () => {
    for (const wrong of ['short', `${key.toString('base64')},`, `${key.toString('hex')}00`, 'not base64 at all, but as long as it takes']) {
      assert.throws(
        () => loadSettings({ PERDURA_ENCRYPTION_KEY: wrong }),
        (error: unknown) => error instanceof SettingError && /key \d is not 32 bytes/.test(error.message) && !error.message.includes(wrong),
      );
    }
  });

  it('is not shown in the list of settings', () => {
    const shown = (environment: Record<string, string>): string | undefined =>
      listSettings(environment).find(({ names }) => names.includes('PERDURA_ENCRYPTION_KEY'))?.value;
    assert.equal(shown({ PERDURA_ENCRYPTION_KEY: key.toString('hex') }), '(set)');
    assert.equal(shown({}), '');
  });
});
