import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { pino } from 'pino';
import type { WebSocket } from 'ws';
import { createGate } from '../../../src/api/gate.js';
import { serveWebsocket } from '../../../src/api/websocket/websocket-connection.js';
import type { WebsocketOperations } from '../../../src/api/websocket/websocket-operations.js';

/** A socket whose network has handed over several messages at once. */
class BusySocket extends EventEmitter {
  isPaused = false;
  readonly sent: unknown[] = [];
  pause(): void {
    this.isPaused = true;
  }
  resume(): void {
    this.isPaused = false;
  }
  send(text: string, done: () => void): void {
    this.sent.push(JSON.parse(text));
    done();
  }
}

describe('serveWebsocket', () => {
  it('reads on only when everything that came is handled', async () => {
    const socket = new BusySocket();
    const releases: (() => void)[] = [];
    const operations: Pick<WebsocketOperations, 'cancel'> = { cancel: () => new Promise<void>(resolve => releases.push(resolve)) };
    const served = serveWebsocket({
      socket: socket as unknown as WebSocket,
      gate: createGate(null),
      isAdmitted: true,
      operations: operations as WebsocketOperations,
      limits: { maxSubscriptions: 1, pingMs: 60_000, stallMs: 60_000 },
      logger: pino({ level: 'silent' }),
    });
    const ids = ['a', 'b', 'c'];
    for (const id of ids) {
      const message = { type: 'cancel', id, run_id: 'run-00000000-0000-4000-8000-000000000000' };
      socket.emit('message', Buffer.from(JSON.stringify(message)), false);
    }
    const tick = (): Promise<void> => new Promise(resolve => setImmediate(resolve));
    for (const [index] of ids.entries()) {
      while (releases[index] === undefined) await tick();
      assert.equal(socket.sent.length, index);
      assert.equal(socket.isPaused, true, `while ${ids.length - index} messages wait`);
      releases[index]();
    }
    while (socket.sent.length < ids.length || socket.isPaused) await tick();
    assert.deepEqual(
      socket.sent,
      ids.map(id => ({ id, done: true })),
    );
    socket.emit('close');
    await served;
  });
});
