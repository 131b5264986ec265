import type { CompactionMode } from './compaction-settings.js';

const promptOf = (subject: string, more: string): string =>
  `You keep the memory of an assistant whose conversation has grown too long. You get a transcript of ${subject}, which is about to be removed
from what the assistant sees. Write down what it must not forget, in the first person, as the assistant itself, and as facts.

Use these headings, and leave out those that would stay empty:
Goals: what the user wants, and what was agreed.
What happened: the course of the conversation, in order.
Details: names, dates, numbers, identifiers, file names and quotations, copied exactly.
Problems: what went wrong, and how it was solved.
${more}To look up later: words with which a search of the full history finds the rest.

Do not go on with the conversation, do not address the user, do not call tools. At most 400 words.`;

/** What a model is told that summarizes messages which leave an agent's context. Where all of them leave, the assistant has to know where it stands. */
export const summaryPrompts: Readonly<Record<CompactionMode, string>> = {
  sliding_window: promptOf('its oldest part', ''),
  all: promptOf('all of it', 'Now: what the assistant is in the middle of, and the next step.\n'),
};

export const promptAcknowledgement = 'I have understood. I will summarize the transcript as told, and do nothing else.';
