import type { ServerResponse } from 'node:http';

/** What goes over the wire, as it is. */
export interface WireAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  /**
   * What follows the body: `hang` leaves the connection open, `cut` breaks it. `reset` breaks it before the first byte, `silence` leaves it open without
   * one.
   */
  readonly then?: 'end' | 'hang' | 'cut' | 'reset' | 'silence';
}

export function writeWireAnswer(response: ServerResponse, answer: WireAnswer): void {
  if (answer.then === 'reset') {
    response.socket?.resetAndDestroy();
    return;
  }
  if (answer.then === 'silence') return;
  response.writeHead(answer.status ?? 200, answer.headers ?? { 'content-type': 'text/event-stream' });
  response.flushHeaders();
  response.write(answer.body, () => {
    if (answer.then === 'cut') response.destroy();
    else if (answer.then !== 'hang') response.end();
  });
}
