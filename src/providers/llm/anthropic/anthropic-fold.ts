import type { RawMessageStreamEvent } from '@anthropic-ai/sdk/resources/messages';
import type { WireFold } from '../wire-watch.js';

type Json = Record<string, unknown>;

/** The events of one message as the message that they make up. A tool's input stays the text that came: it may have been cut off. */
export function createAnthropicFold(): WireFold<RawMessageStreamEvent> {
  let message: Json | null = null;
  const content: Json[] = [];
  return {
    add(event) {
      switch (event.type) {
        case 'message_start':
          message = { ...event.message };
          return;
        case 'content_block_start':
          content[event.index] = { ...event.content_block };
          return;
        case 'content_block_delta':
          addDelta(content[event.index] ?? {}, event.delta);
          return;
        case 'message_delta':
          message = { ...message, ...event.delta, usage: { ...usageOf(message), ...event.usage } };
          return;
        default:
          return;
      }
    },
    value: () => (message === null ? null : { ...message, content: content.filter(block => block !== undefined) }),
  };
}

function usageOf(message: Json | null): object {
  const usage = message?.['usage'];
  return typeof usage === 'object' && usage !== null ? usage : {};
}

/** `text_delta` continues `text`, and so on. */
function addDelta(block: Json, { type: _type, ...delta }: Extract<RawMessageStreamEvent, { type: 'content_block_delta' }>['delta']): void {
  for (const [name, value] of Object.entries(delta)) {
    const key = name === 'partial_json' ? 'input' : name;
    const before = block[key];
    if (typeof value !== 'string') block[key] = value;
    else block[key] = typeof before === 'string' ? before + value : value;
  }
}
