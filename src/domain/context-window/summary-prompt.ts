import type { CompactionMode } from './compaction-settings.js';

const isAbout = (subject: string): string => `You get a transcript of ${subject}, which is about to be removed
from what the assistant sees.`;

const keeperOf = (subject: string): string =>
  `You keep the memory of an assistant whose conversation has grown too long. ${isAbout(subject)} Write down what it must not forget, in the first person, as the assistant itself, and as facts.`;

const selfOf = (subject: string): string =>
  `[This is an automated system message hidden from the user] The conversation has grown too long: ${subject} is about to be removed from what you see. Write down what you must not forget, in the first person, and as facts.`;

const promptOf = (task: string, more: string): string => `${task}

Use these headings, and leave out those that would stay empty:
Goals: what the user wants, and what was agreed.
What happened: the course of the conversation, in order.
Details: names, dates, numbers, identifiers, file names and quotations, copied exactly. Take over all details of an earlier summary.
Problems: what went wrong, and how it was solved.
${more}To look up later: words with which a search of the full history finds the rest.

Do not go on with the conversation, do not address the user, do not call tools. At most 400 words.`;

const now = 'Now: what the assistant is in the middle of, and the next step.\n';

/** What a model is told that summarizes messages which leave an agent's context. Where all of them leave, the assistant has to know where it stands. */
export const summaryPrompts: Readonly<Record<CompactionMode, string>> = {
  sliding_window: promptOf(keeperOf('its oldest part'), ''),
  all: promptOf(keeperOf('all of it'), now),
  self_compact_sliding_window: promptOf(selfOf('all that you see of it so far'), ''),
  self_compact_all: promptOf(selfOf('all of it'), now),
};

export const promptAcknowledgement = 'I have understood. I will summarize the transcript as told, and do nothing else.';
/** Stands for the agent's turn where the last word was not its own. */
export const selfAcknowledgement = 'I understand. Let me summarize.';
