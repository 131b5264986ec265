import type { RequestHandler } from 'express';
import type { Gate } from '../gate.js';

const openPaths = /^\/(v1|latest)\/(health|ready)\/?$/;

/** Lets only those in whom the gate admits. */
export function authenticate(gate: Gate): RequestHandler {
  return (request, response, next) => {
    if (openPaths.test(request.path) || gate.admits(name => request.get(name))) next();
    else response.status(401).json({ detail: 'Unauthorized' });
  };
}
