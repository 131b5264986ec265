import { createHash, timingSafeEqual } from 'node:crypto';
import { isLoopback } from '../config/loopback.js';

/** Who is let in. */
export interface Gate {
  /** Nobody has to say who they are. */
  readonly isOpen: boolean;
  /** Whether the headers carry the key: `Authorization: Bearer …`, or V1's `X-BARE-PASSWORD: password …`. */
  admits(header: (name: string) => string | undefined): boolean;
  isKey(key: string): boolean;
  /**
   * Why a request to this host (the header) is refused, or null. Where nobody has to say who they are, a page that has its own name resolved to this
   * machine would read everything: browsers send that name.
   */
  hostRefusal(host: string | undefined): string | null;
}

/** Null lets everybody in who asks this machine by a name of its own. */
export function createGate(password: string | null): Gate {
  if (password === null) return { isOpen: true, admits: () => true, isKey: () => true, hostRefusal: refusalOfOpenGate };
  const expected = digest(password);
  const isKey = (key: string): boolean => timingSafeEqual(digest(key), expected);
  return {
    isOpen: false,
    isKey,
    hostRefusal: () => null,
    admits(header) {
      const bearer = /^Bearer\s+(.+)$/i.exec(header('authorization') ?? '')?.[1];
      const bare = /^password\s+(.+)$/i.exec(header('x-bare-password') ?? '')?.[1];
      return [bearer, bare].some(key => key !== undefined && isKey(key));
    },
  };
}

function refusalOfOpenGate(host = ''): string | null {
  if (isLoopback(host.replace(/:\d*$/, ''))) return null;
  return `The host '${host}' is not served without a password: use localhost or 127.0.0.1, or set LETTA_SERVER_PASSWORD`;
}

/** Of equal length for every input, which the comparison needs. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
