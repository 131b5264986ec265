import type { Request } from 'express';
import { nothing } from '../contract/fields.js';
import type { Route } from '../contract/route.js';
import { RequestError } from '../domain/errors.js';
import { storableJson } from '../domain/storable-text.js';

/**
 * The JSON of a request, as its operation is to judge it. A body in another form is refused: an operation that took it for an empty one would do what nobody
 * has asked for. None at all is an empty one, except where it replaces what is there.
 */
export function bodyOf(request: Request, { body, method, optionalBody }: Route): unknown {
  const json: unknown = request.body;
  if (json === undefined) {
    if (body !== nothing && carriesBody(request))
      throw new RequestError('unprocessable', 'The request body is not JSON: its Content-Type has to be application/json');
    return method === 'put' ? null : {};
  }
  return json === null && optionalBody === true ? {} : storableJson(json);
}

function carriesBody({ headers }: Request): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
