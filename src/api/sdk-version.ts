import type { Request } from 'express';

/** SDKs say their version in a header or as `letta-client/1.2.3`; since 1.0 they expect no body of what only does something. */
export function isNewSdk(request: Request): boolean {
  const version = request.get('x-stainless-package-version') ?? /letta-client\/(\d+)/.exec(request.get('user-agent') ?? '')?.[1];
  return version !== undefined && Number.parseInt(version, 10) >= 1;
}
