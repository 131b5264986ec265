import type { WireData } from './read-sse.js';
import { readSse } from './read-sse.js';
import { openWs } from './ws-client.js';

/** A client that reads one run from end to end, over whatever breaks between: it comes back with the last number that it has seen. */
export interface StreamClient {
  /** What it has got, pings left out. */
  readonly events: readonly WireData[];
  readonly reconnects: number;
}

export interface StreamClientOptions {
  /** Of the API to read from next; asked anew for each connection. */
  readonly url: () => string;
  readonly runId: string;
  readonly transport: 'sse' | 'websocket';
  /** After how many events the client hangs up by itself; asked anew for each connection. */
  readonly hangUpAfter: () => number;
  /** Called with each event; the stream waits for it. */
  readonly onEvent?: (event: WireData) => Promise<void> | void;
  readonly deadline: number;
}

const retryMs = 200;

export async function readToEnd(options: StreamClientOptions): Promise<StreamClient> {
  const events: WireData[] = [];
  let reconnects = -1;
  while (Date.now() < options.deadline) {
    reconnects += 1;
    const isComplete = await readOnce(options, events).catch(isBroken);
    if (isComplete) return { events, reconnects };
    await new Promise(resolve => setTimeout(resolve, retryMs));
  }
  throw new Error(`The stream of ${options.runId} did not come to its end; last: ${JSON.stringify(events.at(-1))}`);
}

/** A connection that cannot be had or breaks is what these clients are for; anything else is a fault. */
function isBroken(error: unknown): false {
  const text = error instanceof Error ? `${error.message} ${String(error.cause)}` : '';
  if (/fetch failed|terminated|ECONN|socket|closed|aborted|Unexpected server response: 503|answered 50[03]/i.test(text)) return false;
  throw error;
}

async function readOnce(options: StreamClientOptions, events: WireData[]): Promise<boolean> {
  const startingAfter = Math.max(0, ...events.map(event => event.seq_id ?? 0));
  const hangUpAt = events.length + options.hangUpAfter();
  const read = options.transport === 'sse' ? overSse(options, startingAfter) : overWebsocket(options, startingAfter);
  const fresh: WireData[] = [];
  for await (const event of read) {
    if (event === 'end') {
      events.push(...fresh);
      return true;
    }
    if (event.message_type === 'ping') continue;
    // Without numbers of their own, the last events count when the end has come.
    fresh.push(event);
    if (typeof event.seq_id === 'number' && event.message_type !== 'error_message') events.push(...fresh.splice(0));
    await options.onEvent?.(event);
    if (events.length >= hangUpAt) return false;
  }
  return false;
}

async function* overSse({ url, runId }: StreamClientOptions, startingAfter: number): AsyncGenerator<WireData | 'end', void, void> {
  const hangUp = new AbortController();
  try {
    const response = await fetch(`${url()}/v1/runs/${runId}/stream`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ starting_after: startingAfter }),
      signal: hangUp.signal,
    });
    if (!response.ok) throw new Error(`answered ${response.status}`);
    for await (const { data } of readSse(response)) yield data === '[DONE]' ? 'end' : data;
  } finally {
    hangUp.abort();
  }
}

async function* overWebsocket({ url, runId }: StreamClientOptions, startingAfter: number): AsyncGenerator<WireData | 'end', void, void> {
  const ws = await openWs(`${url()}/v1/ws`);
  try {
    ws.say({ type: 'subscribe', id: 'run', run_id: runId, starting_after: startingAfter });
    for (let next = 0; ; next += 1) {
      await ws.until(() => ws.messages.length > next);
      const message = ws.messages[next];
      if (message?.event !== undefined) yield message.event;
      if (message?.error !== undefined) throw new Error(`answered ${message.error.status}`);
      if (message?.done === true) yield 'end';
    }
  } finally {
    ws.socket.terminate();
  }
}
