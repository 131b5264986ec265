import assert from 'node:assert/strict';
import { startCluster } from '../support/cluster.js';
import type { Cluster } from '../support/cluster.js';
import { newAgent } from '../support/five-steps.js';

interface Seen {
  readonly seq: number;
  readonly id: string;
  readonly type: string;
  readonly content: string;
}

/** Reads server-sent events until the stream ends or breaks. True = it came to its end. */
async function read(response: Response, seen: Seen[], onEvent: () => void = () => undefined): Promise<boolean> {
  let text = '';
  try {
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk as Uint8Array).toString();
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const data = /^data: (.*)$/m.exec(text.slice(0, end))?.[1] ?? '';
        text = text.slice(end + 2);
        if (data === '[DONE]') return true;
        const event = JSON.parse(data) as { seq_id?: number | null; id?: string; message_type: string; content?: string };
        if (event.message_type === 'ping') continue;
        seen.push({ seq: event.seq_id ?? 0, id: event.id ?? '', type: event.message_type, content: event.content ?? '' });
        onEvent();
      }
    }
  } catch {
    return false;
  }
  return false;
}

describe('a streaming client that reconnects', function () {
  this.timeout(120_000);
  let cluster: Cluster;

  before(async () => {
    cluster = await startCluster();
  });
  after(() => cluster.stop());

  it('sees no gap and no double after the API and the worker were killed', async () => {
    const words = Array.from({ length: 60 }, (_, index) => `w${index}`).join(' ');
    cluster.mock.script = () => ({ text: words, pieceDelayMs: 40 });
    const agentId = await newAgent(cluster);
    const seen: Seen[] = [];
    let killed = false;
    const first = await fetch(`${cluster.url}/v1/agents/${agentId}/messages/stream`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ messages: [{ role: 'user', content: 'Go', otid: 'streamed' }], stream_tokens: true, background: true }),
    });
    await read(first, seen, () => {
      if (killed || seen.length < 5) return;
      killed = true;
      cluster.kill('worker');
      cluster.kill('api');
    });
    assert.ok(killed);
    await Promise.all([cluster.start('api'), cluster.start('worker')]);
    const runs = (await (await fetch(`${cluster.url}/v1/runs/?agent_id=${agentId}`)).json()) as { id: string }[];
    const rest = await fetch(`${cluster.url}/v1/runs/${runs[0]?.id ?? ''}/stream`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ starting_after: Math.max(...seen.map(event => event.seq)) }),
    });
    assert.equal(await read(rest, seen), true, 'the stream came to its end');
    const numbered = seen.filter(event => event.seq > 0).map(event => event.seq);
    assert.deepEqual(
      numbered,
      [...new Set(numbered)].sort((a, b) => a - b),
      'numbers rise and none comes twice',
    );
    assert.deepEqual(seen.filter(event => event.type === 'stop_reason').length, 1);
    const listed = (await (await fetch(`${cluster.url}/v1/agents/${agentId}/messages`)).json()) as {
      id: string;
      message_type: string;
      content: string;
    }[];
    const said = listed.filter(message => message.message_type === 'assistant_message');
    assert.equal(said.length, 1);
    for (const message of said) {
      const joined = seen
        .filter(event => event.id === message.id && event.type === 'assistant_message')
        .map(event => event.content)
        .join('');
      assert.equal(joined, message.content, 'the deltas of a stored id make up its text');
      assert.equal(message.content, words);
    }
  });
});
