import { createHash } from 'node:crypto';

/**
 * An id that is always the same for the same parts, in the shape of a version 4 uuid, which V1's path patterns ask for. Rows that a retried activity
 * writes get such ids, so that the second write meets the first.
 */
export function deriveId(prefix: string, ...parts: readonly (string | number)[]): string {
  const bytes = createHash('sha256').update(parts.join('\n')).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return `${prefix}-${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

export function stepId(runId: string, stepNumber: number): string {
  return deriveId('step', runId, stepNumber);
}
