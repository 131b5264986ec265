import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A place where an activity of the cluster's worker begins or has ended. */
export interface Boundary {
  readonly activity: string;
  readonly when: 'before' | 'after';
  readonly attempt: number;
  /** It names the run or the agent. */
  readonly workflowId: string;
}

export interface Effect {
  readonly key: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** What the cluster's worker asks at each boundary, and what its tool calls out to. */
export interface CrashController {
  readonly url: string;
  readonly effects: Effect[];
  onBoundary: (boundary: Boundary) => Promise<void> | void;
  onEffect: (effect: Effect) => Promise<void> | void;
  close(): Promise<void>;
}

export async function startCrashController(): Promise<CrashController> {
  const effects: Effect[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
      if (request.url === '/effect') {
        effects.push(body as Effect);
        await controller.onEffect(body as Effect);
      } else await controller.onBoundary(body as Boundary);
      response.end('called out');
    })();
  });
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', () => resolve());
  });
  const controller: CrashController = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    effects,
    onBoundary: () => undefined,
    onEffect: () => undefined,
    close: () =>
      new Promise(resolve => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return controller;
}
