const lowBits = 0x7fn;

/** The largest index that an otid can carry. */
export const maxOtidIndex = 127;

/**
 * The otid of the wire message at `index` of a stored message: the message's uuid with the index in its low seven bits. -1 gives the id itself.
 */
export function otidOf(messageId: string, index: number): string {
  if (index === -1) return messageId;
  if (!Number.isInteger(index) || index < 0 || index > maxOtidIndex) throw new RangeError(`otid index out of range: ${index}`);
  const value = (BigInt(`0x${hexOfMessageId(messageId)}`) & ~lowBits) | BigInt(index);
  return uuidOfHex(value.toString(16));
}

/** The 32 digits of a message's uuid. */
export function hexOfMessageId(messageId: string): string {
  const hex = messageId.replace(/^message-/, '').replaceAll('-', '');
  if (!/^[0-9a-f]{32}$/i.test(hex)) throw new RangeError(`not a message id: ${messageId}`);
  return hex;
}

export function uuidOfHex(hex: string): string {
  const digits = hex.padStart(32, '0');
  return [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)].join('-');
}
