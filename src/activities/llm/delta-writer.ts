import type { DeltaPayload } from '../../domain/runs/run-event.js';
import { advancePart, firstPart, isEmptyDelta } from '../../domain/messages/part-cursor.js';
import type { ModelDelta } from '../../domain/model/language-model.js';
import { noThoughtsYet, splitThoughts } from '../../domain/tools/split-thoughts.js';

const flushIntervalMs = 50;

export interface DeltaWriter {
  push(delta: ModelDelta): void;
  /** Waits for what is being written and hands back what is still to be. */
  drain(): Promise<readonly DeltaPayload[]>;
}

export interface DeltaWriterDeps {
  readonly messageId: string;
  readonly stepId: string;
  /** The model writes its thoughts as an argument of its calls: they are told as text. */
  readonly thoughtsInArguments: boolean;
  /** Whether the client has to answer calls of a tool: their pieces belong to the request. */
  readonly awaitsAnswer: (toolName: string) => boolean;
  /** False = the attempt has been fenced off. */
  readonly append: (deltas: readonly DeltaPayload[]) => Promise<boolean>;
  /** The attempt counts no more, or the log cannot be written: the model call has to stop. */
  readonly onStop: (reason: unknown) => void;
}

/** Gathers the pieces of a response: the first is written at once, later ones in batches, so that the first token is quick and the log small. */
export function createDeltaWriter(deps: DeltaWriterDeps): DeltaWriter {
  let waiting: DeltaPayload[] = [];
  let writing: Promise<void> | null = null;
  let timer: NodeJS.Timeout | null = null;
  let isFirst = true;
  let drained = false;
  let cursor = firstPart;
  let thoughts = noThoughtsYet;

  const write = (): void => {
    timer = null;
    if (writing !== null || waiting.length === 0 || drained) return;
    const batch = waiting;
    waiting = [];
    writing = deps
      .append(batch)
      .then(
        appended => {
          if (!appended) deps.onStop(new Error('A newer attempt of this model call has begun'));
        },
        (error: unknown) => {
          waiting = [...batch, ...waiting];
          deps.onStop(error);
        },
      )
      .finally(() => {
        writing = null;
        schedule();
      });
  };

  const schedule = (): void => {
    if (timer === null && writing === null && waiting.length > 0 && !drained) timer = setTimeout(write, flushIntervalMs);
  };

  return {
    push(piece) {
      const split = deps.thoughtsInArguments ? splitThoughts(thoughts, piece) : { state: thoughts, deltas: [piece] };
      thoughts = split.state;
      const deltas = split.deltas.filter(delta => !isEmptyDelta(delta));
      for (const delta of deltas) {
        cursor = advancePart(cursor, delta);
        const awaits = delta.type === 'tool_call' && deps.awaitsAnswer(delta.name) ? { awaitsAnswer: true as const } : {};
        addMerged(waiting, { messageId: deps.messageId, stepId: deps.stepId, partIndex: cursor.index, delta, ...awaits });
      }
      if (deltas.length === 0) return;
      if (isFirst) {
        isFirst = false;
        write();
      } else schedule();
    },
    async drain() {
      drained = true;
      if (timer !== null) clearTimeout(timer);
      await writing;
      return waiting;
    },
  };
}

/** Joins neighbours of one kind: a batch is one row for each run of text, thought or arguments. */
function addMerged(batch: DeltaPayload[], next: DeltaPayload): void {
  const last = batch.at(-1);
  const merged = last === undefined ? null : merge(last.delta, next.delta);
  if (merged === null) batch.push(next);
  else batch[batch.length - 1] = { ...next, delta: merged };
}

function merge(a: ModelDelta, b: ModelDelta): ModelDelta | null {
  if (a.type === 'text' && b.type === 'text') return { ...b, text: a.text + b.text };
  if (a.type === 'reasoning' && b.type === 'reasoning') return { ...b, text: a.text + b.text };
  if (a.type === 'tool_call' && b.type === 'tool_call' && a.index === b.index)
    return { ...b, argumentsDelta: a.argumentsDelta + b.argumentsDelta };
  return null;
}
