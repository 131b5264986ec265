import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { UnreadableSecret } from '../domain/secrets/secret-cipher.js';
import type { SecretCipher } from '../domain/secrets/secret-cipher.js';
import { keyId } from './key-id.js';

const cipherName = 'aes-256-gcm';
const nonceLength = 12;
const tagLength = 16;
/** The form of a sealed text: `sealed:1:<id of the key>:<nonce, text and tag in base64>`. */
const form = /^sealed:1:([\da-f]{16}):([\w+/=]+)$/;

/** Seals with the first key and opens with the one that a sealed text names. */
export function createSecretCipher(keys: readonly [Uint8Array, ...Uint8Array[]]): SecretCipher {
  // Temporal's payloads are encrypted under the same keys: each use has a key of its own, derived from them.
  const byId = new Map(keys.map(key => [keyId(key), derive(key)]));
  const first = { id: keyId(keys[0]), key: derive(keys[0]) };
  return {
    seal(secret) {
      const nonce = randomBytes(nonceLength);
      const cipher = createCipheriv(cipherName, first.key, nonce, { authTagLength: tagLength });
      const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
      return `sealed:1:${first.id}:${Buffer.concat([nonce, text, cipher.getAuthTag()]).toString('base64')}`;
    },
    open(sealed) {
      const [, id = '', data = ''] = form.exec(sealed) ?? [];
      if (id === '') throw new UnreadableSecret('A secret in the database is not in the form that this server seals secrets in.');
      const key = byId.get(id);
      if (key === undefined) throw new UnreadableSecret(missingKeyText(id, [...byId.keys()]));
      return decrypt(Buffer.from(data, 'base64'), key, id);
    },
  };
}

function derive(key: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, '', 'perdura secrets', 32));
}

function decrypt(bytes: Buffer, key: Uint8Array, id: string): string {
  try {
    const decipher = createDecipheriv(cipherName, key, bytes.subarray(0, nonceLength), { authTagLength: tagLength });
    decipher.setAuthTag(bytes.subarray(-tagLength));
    return Buffer.concat([decipher.update(bytes.subarray(nonceLength, -tagLength)), decipher.final()]).toString('utf8');
  } catch {
    throw new UnreadableSecret(`A secret that names the encryption key ${id} cannot be opened with it: it was changed or cut off.`);
  }
}

function missingKeyText(id: string, known: readonly string[]): string {
  return (
    `A secret was sealed with the key ${id}, and this process has only ${known.join(', ')}. ` +
    'Add that key to PERDURA_ENCRYPTION_KEY, or bring back the file secret-key of the data folder that it comes from.'
  );
}
