import type { ErrorRequestHandler } from 'express';
import type { Logger } from 'pino';
import { errorResponse, unknownError } from '../error-response.js';

/** The last middleware: every error becomes an answer; the unexpected ones are logged. */
export function handleErrors(logger: Logger): ErrorRequestHandler {
  return (error, request, response, next) => {
    const known = errorResponse(error);
    if (known === null) logger.error({ err: error, requestId: request.id, path: request.path }, 'request failed');
    if (response.headersSent) {
      next(error);
      return;
    }
    const { status, headers, body } = known ?? unknownError;
    response.status(status).set(headers).json(body);
  };
}
