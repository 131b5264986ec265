import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';
import protos from '@temporalio/proto';
import { keyId } from '../config/key-id.js';

/** A payload of Temporal's history was encrypted with a key that this process does not have, or it was changed since. */
export class UnreadablePayloadError extends Error {
  override readonly name = 'UnreadablePayloadError';
}

/** Called before the error is thrown to whoever wanted to read. */
export type OnKeyMissing = (error: UnreadablePayloadError) => void;

const { Payload: PayloadMessage } = protos.temporal.api.common.v1;
const cipherName = 'aes-256-gcm';
const nonceLength = 12;
const tagLength = 16;

/** The names of Temporal's own samples, so that their tools read these payloads too. */
const encrypted = Buffer.from('binary/encrypted');
const cipherLabel = Buffer.from('A256GCM');

/**
 * Encrypts every payload with the first key and decrypts with the one that a payload names; without keys nothing is encrypted, and encrypted payloads
 * are an error that says what is missing. Payloads that were written before there was a key are read as they are.
 */
export function createPayloadCodec(keys: readonly Uint8Array[], onKeyMissing: OnKeyMissing = () => undefined): PayloadCodec {
  const byId = new Map(keys.map(key => [keyId(key), key]));
  const first = keys[0];
  const read = (payload: Payload): Payload => {
    if (!isEncrypted(payload)) return payload;
    const id = Buffer.from(payload.metadata?.['encryption-key-id'] ?? []).toString();
    const key = byId.get(id);
    if (key !== undefined) return decrypt(payload, key, id);
    const error = new UnreadablePayloadError(missingKeyText(id, [...byId.keys()]));
    onKeyMissing(error);
    throw error;
  };
  return {
    encode: payloads => Promise.resolve(first === undefined ? payloads : payloads.map(payload => encrypt(payload, first))),
    decode: payloads => new Promise(resolve => resolve(payloads.map(read))),
  };
}

function isEncrypted({ metadata }: Payload): boolean {
  const encoding = metadata?.['encoding'];
  return encoding != null && encrypted.equals(encoding);
}

function encrypt(payload: Payload, key: Uint8Array): Payload {
  const nonce = randomBytes(nonceLength);
  const cipher = createCipheriv(cipherName, key, nonce, { authTagLength: tagLength });
  const text = Buffer.concat([cipher.update(PayloadMessage.encode(payload).finish()), cipher.final()]);
  return {
    metadata: { encoding: encrypted, 'encryption-cipher': cipherLabel, 'encryption-key-id': Buffer.from(keyId(key)) },
    data: Buffer.concat([nonce, text, cipher.getAuthTag()]),
  };
}

function decrypt({ data }: Payload, key: Uint8Array, id: string): Payload {
  const bytes = Buffer.from(data ?? []);
  try {
    const decipher = createDecipheriv(cipherName, key, bytes.subarray(0, nonceLength), { authTagLength: tagLength });
    decipher.setAuthTag(bytes.subarray(-tagLength));
    return PayloadMessage.decode(Buffer.concat([decipher.update(bytes.subarray(nonceLength, -tagLength)), decipher.final()]));
  } catch {
    throw new UnreadablePayloadError(
      `A payload that names the encryption key ${id} cannot be decrypted with it: it was changed or cut off.`,
    );
  }
}

function missingKeyText(id: string, known: readonly string[]): string {
  const has = known.length === 0 ? 'no key' : `only ${known.join(', ')}`;
  return `Temporal holds payloads that were encrypted with the key ${id}, and this process has ${has}. Add that key to PERDURA_ENCRYPTION_KEY.`;
}
