import { hexOfMessageId, uuidOfHex } from './otid.js';

/** The id of the request that belongs to a response: V1 takes the response's uuid less one, so that streamed and listed ids agree. */
export function approvalRequestId(messageId: string): string {
  const value = BigInt(`0x${hexOfMessageId(messageId)}`);
  return `message-${uuidOfHex((value === 0n ? 0n : value - 1n).toString(16))}`;
}
