import { Context, log } from '@temporalio/activity';
import type { EmbeddingChoice } from '../../domain/model/choose-embedding.js';
import { embeddingKey } from '../../domain/model/embedder.js';
import type { Embedder } from '../../domain/model/embedder.js';
import type { EmbeddingConfig } from '../../domain/model/model-config.js';
import { ModelError } from '../../domain/model/model-error.js';
import { RequestError } from '../../domain/errors.js';
import type { DueMessage, MessageEmbeddingsRepository } from '../../repositories/message-embeddings.repository.js';
import { withDatabaseFailures } from '../database-failure.js';
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
  return due.length === embeddingBatch.messages;
}

interface Group {
  readonly config: EmbeddingConfig | null;
  readonly messages: readonly DueMessage[];
}

async function embedGroup(deps: EmbedMessagesDeps, { config, messages }: Group): Promise<void> {
  const { messageEmbeddings, embedder, embeddingChoice, embeddingBatch } = deps;
  const signal = Context.current().cancellationSignal;
  const ids = messages.map(({ id }) => id);
  try {
    const chosen = await embeddingChoice.choose({ agent: config }, signal);
    if (chosen === null) {
      await messageEmbeddings.skip(ids);
      return;
    }
    const texts = messages.map(({ text }) => text.slice(0, embeddingBatch.characters));
    const vectors = await embedder.embed(chosen, texts, signal);
    await messageEmbeddings.keep(
      embeddingKey(chosen),
      messages.map(({ id, dueAt }, index) => ({ id, dueAt, vector: vectors[index] ?? [] })),
    );
  } catch (error) {
    if (!(error instanceof ModelError || error instanceof RequestError)) throw error;
    log.warn('messages could not be embedded; it is tried again later', {
      model: config?.handle ?? 'default',
      messages: ids.length,
      error,
    });
    await messageEmbeddings.postpone(ids);
  }
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
