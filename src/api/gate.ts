import { createHash, timingSafeEqual } from 'node:crypto';

/** Who is let in. */
export interface Gate {
  /** Nobody has to say who they are. */
  readonly isOpen: boolean;
  /** Whether the headers carry the key: `Authorization: Bearer …`, or V1's `X-BARE-PASSWORD: password …`. */
  admits(header: (name: string) => string | undefined): boolean;
  isKey(key: string): boolean;
}

/** Null lets everybody in. */
export function createGate(password: string | null): Gate {
  if (password === null) return { isOpen: true, admits: () => true, isKey: () => true };
  const expected = digest(password);
  const isKey = (key: string): boolean => timingSafeEqual(digest(key), expected);
  return {
    isOpen: false,
    isKey,
    admits(header) {
      const bearer = /^Bearer\s+(.+)$/i.exec(header('authorization') ?? '')?.[1];
      const bare = /^password\s+(.+)$/i.exec(header('x-bare-password') ?? '')?.[1];
      return [bearer, bare].some(key => key !== undefined && isKey(key));
    },
  };
}

/** Of equal length for every input, which the comparison needs. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
