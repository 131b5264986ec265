import { ApplicationFailure, Context, log } from '@temporalio/activity';
import type { EmbeddingChoice } from '../../domain/model/choose-embedding.js';
import { embedEach } from '../../domain/model/embed-each.js';
import { embeddingKey } from '../../domain/model/embedder.js';
import type { Embedder } from '../../domain/model/embedder.js';
import type { EmbeddingConfig } from '../../domain/model/model-config.js';
import { ModelError } from '../../domain/model/model-error.js';
import type { DueMessage, MadeEmbedding, MessageEmbeddingsRepository } from '../../repositories/message-embeddings.repository.js';
import { isServiceAway, withDatabaseFailures } from '../database-failure.js';
import { withHeartbeat } from '../heartbeat.js';

export interface EmbedMessagesDeps {
  readonly messageEmbeddings: MessageEmbeddingsRepository;
  readonly embedder: Embedder;
  readonly embeddingChoice: Pick<EmbeddingChoice, 'choose'>;
  readonly embeddingBatch: EmbeddingBatch;
}

export interface EmbeddingBatch {
  readonly messages: number;
  /** Of one message; what comes behind is left out of its vector. */
  readonly characters: number;
}

export function createEmbedMessages(deps: EmbedMessagesDeps) {
  /** Embeds the messages that wait longest. Says whether more may wait: what fails waits for a later time and stops nobody. */
  return function embedMessages(): Promise<boolean> {
    return withHeartbeat(() => withDatabaseFailures(() => embedDue(deps)));
  };
}

async function embedDue(deps: EmbedMessagesDeps): Promise<boolean> {
  const { messageEmbeddings, embeddingBatch } = deps;
  const due = await messageEmbeddings.due(embeddingBatch.messages);
  for (const group of groupsOf(due)) await embedGroup(deps, group);
  // New messages come first: those of a changed model are listed when few wait.
  return due.length === embeddingBatch.messages || messageEmbeddings.listStale(embeddingBatch.messages);
}

interface Group {
  readonly config: EmbeddingConfig | null;
  readonly messages: readonly DueMessage[];
}

async function embedGroup(deps: EmbedMessagesDeps, group: Group): Promise<void> {
  const signal = Context.current().cancellationSignal;
  try {
    await embedTexts(deps, group, signal);
  } catch (error) {
    if (signal.aborted) throw ApplicationFailure.retryable('The worker goes down', 'WorkerDown');
    if (isServiceAway(error)) throw error;
    // Whatever it is: the oldest messages would otherwise keep all others from their vectors.
    noteFailure(group, group.messages.length, error);
    await deps.messageEmbeddings.postpone(group.messages.map(({ id }) => id));
  }
}

async function embedTexts(deps: EmbedMessagesDeps, group: Group, signal: AbortSignal): Promise<void> {
  const { messageEmbeddings, embedder, embeddingChoice, embeddingBatch } = deps;
  const { config, messages } = group;
  const chosen = await embeddingChoice.choose({ agent: config }, signal);
  if (chosen === null) {
    await messageEmbeddings.skip(messages.map(({ id }) => id));
    return;
  }
  const texts = messages.map(({ text }) => text.slice(0, embeddingBatch.characters));
  const outcomes = await embedEach(embedder, chosen, texts, signal);
  const made: MadeEmbedding[] = [];
  const refused: string[] = [];
  for (const [index, { id, dueAt }] of messages.entries()) {
    const outcome = outcomes[index];
    if (outcome === undefined || outcome instanceof ModelError) refused.push(id);
    else made.push({ id, dueAt, vector: outcome });
  }
  await messageEmbeddings.keep(embeddingKey(chosen), made);
  if (refused.length === 0) return;
  noteFailure(
    group,
    refused.length,
    outcomes.find(outcome => outcome instanceof ModelError),
  );
  await messageEmbeddings.postpone(refused, true);
}

function noteFailure({ config }: Group, messages: number, error: unknown): void {
  log.warn('messages could not be embedded; it is tried again later', { model: config?.handle ?? 'default', messages, error });
}

/** Those that are embedded alike. */
function groupsOf(due: readonly DueMessage[]): readonly Group[] {
  const groups = new Map<string, { readonly config: EmbeddingConfig | null; readonly messages: DueMessage[] }>();
  for (const message of due) {
    const key = message.config === null ? '' : embeddingKey(message.config);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { config: message.config, messages: [message] });
    else group.messages.push(message);
  }
  return [...groups.values()];
}
