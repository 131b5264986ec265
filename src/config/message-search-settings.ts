import { define, flag, milliseconds, positive, text } from './define-setting.js';

/** What messages are found by. */
export const messageSearchSettings = {
  embedMessages: define(
    ['PERDURA_EMBED_MESSAGES', 'LETTA_EMBED_ALL_MESSAGES'],
    flag.default(true),
    'Embed the messages of agents that have an embedding model, so that they are found by meaning too.',
  ),
  embeddingBatchMessages: define(['PERDURA_EMBEDDING_BATCH_MESSAGES'], positive.default(100), 'Messages that are embedded at once.'),
  embeddingMessageCharacters: define(
    ['PERDURA_EMBEDDING_MESSAGE_CHARACTERS'],
    positive.default(8000),
    'Characters of a message that its vector is made of; the rest is found by its words.',
  ),
  searchLanguage: define(
    ['PERDURA_SEARCH_LANGUAGE'],
    text.default('english'),
    'Language of the words of messages and passages: a text search configuration of Postgres, such as german, or simple for none. After a change the next start indexes anew.',
  ),
  searchEmbeddingTimeoutMs: define(
    ['PERDURA_SEARCH_EMBEDDING_TIMEOUT_MS'],
    milliseconds.default(5000),
    'How long the vector of a query of messages may take, in ms; without it the search goes by words.',
  ),
} as const;
