/** What a model is told that summarizes messages which leave an agent's context. */
export const summaryPrompt = `You keep the memory of an assistant whose conversation has grown too long. You get a transcript of its oldest part, which is about to be removed
from what the assistant sees. Write down what it must not forget, in the first person, as the assistant itself, and as facts.

Use these headings, and leave out those that would stay empty:
Goals: what the user wants, and what was agreed.
What happened: the course of the conversation, in order.
Details: names, dates, numbers, identifiers, file names and quotations, copied exactly.
Problems: what went wrong, and how it was solved.
To look up later: words with which a search of the full history finds the rest.

Do not go on with the conversation, do not address the user, do not call tools. At most 400 words.`;
