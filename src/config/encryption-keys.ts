import type { z } from 'zod';

const keyLength = 32;

/** The keys of a setting, the one that encrypts first. What is wrong is told by position: the keys are secrets. */
export function parseEncryptionKeys(text: string | null, context: z.RefinementCtx): readonly Uint8Array[] {
  if (text === null) return [];
  return text.split(',').map((entry, index) => {
    const key = toBytes(entry.trim());
    if (key.length !== keyLength) {
      context.addIssue({
        code: 'custom',
        message: `key ${index + 1} is not ${keyLength} bytes as base64 or hex (openssl rand -base64 ${keyLength} makes one)`,
      });
    }
    return key;
  });
}

function toBytes(text: string): Uint8Array {
  if (/^[\da-f]{64}$/i.test(text)) return Buffer.from(text, 'hex');
  return /^[\w+/-]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : new Uint8Array();
}
