/** What can be wrong with a request; `src/api/error-response.ts` gives each its status and body. */
export type RequestErrorKind =
  | 'invalid'
  | 'unauthorized'
  | 'not-found'
  | 'conflict'
  | 'too-large'
  | 'unsupported-media'
  | 'unprocessable'
  | 'not-served'
  | 'gone'
  | 'method-not-allowed'
  | 'too-many'
  | 'upgrade-required'
  | 'timeout'
  | 'unreachable';

/** A request that cannot be carried out. Nothing has changed when it is thrown. */
export class RequestError extends Error {
  override readonly name = 'RequestError';

  constructor(
    readonly kind: RequestErrorKind,
    message: string,
    /** Further members of the answer's body. */
    readonly extra: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}

export function notFound(what: string, id: string): RequestError {
  return new RequestError('not-found', `${what} with id ${id} not found`);
}

/** A part of the V1 API that this version does not have. */
export function notServed(what: string): RequestError {
  return new RequestError('not-served', `${what} is not served by this version of Perdura`);
}
