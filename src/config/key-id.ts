import { createHash } from 'node:crypto';

/** Names a key of PERDURA_ENCRYPTION_KEY without telling it: what was encrypted says by it which key it wants. */
export function keyId(key: Uint8Array): string {
  return createHash('sha256').update('perdura payload key').update(key).digest('hex').slice(0, 16);
}
