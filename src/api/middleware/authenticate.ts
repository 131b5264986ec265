import type { RequestHandler } from 'express';
import type { Gate } from '../gate.js';
import { isCodecPath } from './codec-access.js';
import type { CodecAccess } from './codec-access.js';

const openPaths = /^\/(v1|latest)\/(health|ready)\/?$/;

/** Browsers come there from a server where somebody has signed in; what they bring is known to nobody else. */
const callbackPath = /^\/(v1|latest)\/tools\/mcp\/oauth\/callback\/?$/;

export interface Doors {
  readonly gate: Gate;
  readonly codecAccess: CodecAccess;
}

/** Lets only those in whom the gate admits; to the codec endpoint also browsers whose user has signed in. */
export function authenticate({ gate, codecAccess }: Doors): RequestHandler {
  return (request, response, next) => {
    if (openPaths.test(request.path)) {
      next();
      return;
    }
    const hostRefusal = gate.hostRefusal(request.get('host'));
    if (hostRefusal !== null) {
      response.status(403).json({ detail: hostRefusal });
      return;
    }
    if (callbackPath.test(request.path) || gate.admits(name => request.get(name)) || codecAccess.admits(request)) {
      next();
      return;
    }
    // A browser that opens the codec's sign-in page asks its user for the password.
    if (isCodecPath(request.path)) response.set('www-authenticate', 'Basic realm="Perdura"');
    response.status(401).json({ detail: 'Unauthorized' });
  };
}
