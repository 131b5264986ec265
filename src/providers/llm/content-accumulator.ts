import type { AssistantPart } from '../../domain/messages/content.js';
import { summarySeparator } from '../../domain/messages/message-segments.js';
import type { ModelDelta } from '../../domain/model/language-model.js';
import type { StreamPiece } from './stream-piece.js';

export interface ContentAccumulator {
  readonly parts: readonly AssistantPart[];
  text(text: string): void;
  reasoning(text: string): void;
  endReasoning(signature: string | null): void;
  summarized(piece: Extract<StreamPiece, { type: 'summarized_reasoning' }>): void;
  redacted(data: string): void;
  omitted(): void;
}

/** The text and reasoning of one response: consecutive texts join to one part, each thinking block stays a part of its own. */
export function createContentAccumulator(onDelta: (delta: ModelDelta) => void): ContentAccumulator {
  const parts: AssistantPart[] = [];
  let reasoningOpen = false;

  const replaceLast = (part: AssistantPart): void => {
    parts[parts.length - 1] = part;
  };
  const openReasoning = () => {
    const last = parts.at(-1);
    return reasoningOpen && last?.type === 'reasoning' ? last : null;
  };

  /** What is stored has to be what was streamed: the rest is streamed now, and a summary that says something else does not count. */
  const tell = (told: string, summary: readonly string[]): readonly string[] => {
    const whole = summary.join(summarySeparator);
    if (!whole.startsWith(told)) return [told];
    if (whole.length > told.length) onDelta({ type: 'reasoning', text: whole.slice(told.length) });
    return summary;
  };

  return {
    parts,
    text(text) {
      if (text === '') return;
      const last = parts.at(-1);
      if (last?.type === 'text') replaceLast({ ...last, text: last.text + text });
      else parts.push({ type: 'text', text });
      onDelta({ type: 'text', text });
    },
    reasoning(text) {
      if (text === '') return;
      const last = openReasoning();
      if (last) replaceLast({ ...last, reasoning: last.reasoning + text });
      else parts.push({ type: 'reasoning', isNative: true, reasoning: text });
      reasoningOpen = true;
      onDelta({ type: 'reasoning', text });
    },
    endReasoning(signature) {
      const last = openReasoning();
      if (signature !== null && last) replaceLast({ ...last, signature });
      // A thinking block whose text the provider withholds still has a signature that must go back.
      else if (signature !== null) parts.push({ type: 'reasoning', isNative: true, reasoning: '', signature });
      reasoningOpen = false;
    },
    summarized(piece) {
      const told = openReasoning()?.reasoning ?? '';
      if (openReasoning()) parts.pop();
      reasoningOpen = false;
      const summary = tell(told, piece.summary).map((text, index) => ({ index, text }));
      const encrypted = piece.encryptedContent === null ? {} : { encryptedContent: piece.encryptedContent };
      parts.push({ type: 'summarized_reasoning', id: piece.id, summary, ...encrypted });
    },
    redacted(data) {
      parts.push({ type: 'redacted_reasoning', data });
      onDelta({ type: 'hidden_reasoning', state: 'redacted', data });
    },
    omitted() {
      parts.push({ type: 'omitted_reasoning' });
      onDelta({ type: 'hidden_reasoning', state: 'omitted', data: null });
    },
  };
}
