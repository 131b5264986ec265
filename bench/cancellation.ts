import { readSse } from '../test/support/read-sse.js';
import type { MockOpenAi } from '../test/support/mock-openai.js';
import { percentiles } from './measure.js';
import type { Timing } from './measure.js';

export interface CancellationBench {
  /** From the request to cancel to the end of the provider's connection. */
  readonly connection: Timing;
  /** From the same to the last event of the run's stream. */
  readonly end: Timing;
}

export interface CancellationBenchDeps {
  readonly url: string;
  readonly mock: Pick<MockOpenAi, 'script' | 'seen'>;
  readonly newAgent: () => Promise<string>;
}

const count = 40;

/** How soon a run stops that is cancelled in the middle of an answer. The provider says nothing at that time. */
export async function measureCancellation({ url, mock, newAgent }: CancellationBenchDeps): Promise<CancellationBench> {
  mock.script = () => ({ text: 'one two three', holdAfter: 2 });
  const agentId = await newAgent();
  const post = (path: string, body: object): Promise<Response> =>
    fetch(`${url}/v1/agents/${agentId}/messages${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const connection: number[] = [];
  const end: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const stream = await post('', { input: 'hi', streaming: true, stream_tokens: true, include_pings: false });
    let cancelled: Promise<unknown> | null = null;
    let from = 0;
    for await (const { data } of readSse(stream)) {
      if (data === '[DONE]') continue;
      if (data.message_type === 'stop_reason') end.push(performance.now() - from);
      if (data.run_id == null || cancelled !== null) continue;
      // Cancels come at any time, not at the same distance from the call's beginning.
      await new Promise(resolve => setTimeout(resolve, (index * 1000) / count));
      from = performance.now();
      const closed = mock.seen.at(-1)?.closed.then(() => connection.push(performance.now() - from));
      cancelled = Promise.all([closed, post('/cancel', { run_ids: [data.run_id] })]);
    }
    await cancelled;
  }
  return { connection: percentiles(connection), end: percentiles(end) };
}
