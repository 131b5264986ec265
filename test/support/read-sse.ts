import assert from 'node:assert/strict';

/** A server-sent event as it was on the wire. */
export interface WireEvent {
  /** The `event:` field; null = a plain one. */
  readonly name: string | null;
  /** The data, or the mark of the end. */
  readonly data: WireData | '[DONE]';
}

export interface WireData {
  readonly message_type: string;
  readonly id?: string;
  readonly seq_id?: number | null;
  readonly run_id?: string | null;
  readonly content?: string;
  readonly [member: string]: unknown;
}

/** The events of a response as they come. Ends when the response does; throws when it breaks. */
export async function* readSse(response: Response): AsyncGenerator<WireEvent, void, void> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const event = text.slice(0, end);
      text = text.slice(end + 2);
      const data = /^data: (.*)$/m.exec(event)?.[1] ?? '';
      yield {
        name: /^event: (.*)$/m.exec(event)?.[1] ?? null,
        data: data === '[DONE]' ? data : (JSON.parse(data) as WireData),
      };
    }
  }
}

/** All events of a response up to its end. */
export async function allSse(response: Response): Promise<WireEvent[]> {
  const events: WireEvent[] = [];
  for await (const event of readSse(response)) events.push(event);
  return events;
}

/** The kinds of the events, pings left out. */
export function kindsOf(events: readonly WireEvent[]): string[] {
  return events.map(({ data }) => (data === '[DONE]' ? data : data.message_type)).filter(kind => kind !== 'ping');
}

/** The whole text of a stream, frame by frame: an optional name and one line of data. */
export async function framesOf(response: Response): Promise<readonly WireEvent[]> {
  assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/);
  const text = await response.text();
  assert.ok(text.endsWith('\n\n'), 'the last frame is whole');
  for (const frame of text.slice(0, -2).split('\n\n')) assert.match(frame, /^(?:event: .*\n)?data: .*$/);
  return allSse(new Response(text));
}

/** The data of an event that is not the mark of the end. */
export function dataOf({ data }: WireEvent): WireData {
  assert.ok(data !== '[DONE]');
  return data;
}
