import { textOf } from './mock-openai.js';
import type { MockReply, MockRequest } from './mock-openai.js';

/** A model with a hard window, whose tokenizer counts otherwise than anybody would think. */
export interface SmallWindow {
  readonly windowTokens: number;
  /** Tokens for each four characters. */
  readonly perFourCharacters: number;
  /** What it answers when it is asked for a summary; null = what its prompt asks for. */
  readonly summarizer: ((request: MockRequest) => MockReply) | null;
  /** What it answers else. */
  readonly answer: (request: MockRequest) => MockReply;
}

export const isSummaryRequest = (request: MockRequest): boolean => textOf(request.messages[0]).startsWith('You keep the memory');

export function factNo(index: number): string {
  return `The locker code of guest ${names[index % names.length] ?? ''}${index} is ${1000 + index * 37}-${String.fromCharCode(65 + (index % 26))}.`;
}

const names = ['Abel', 'Bea', 'Cleo', 'Dora', 'Emil', 'Fay', 'Gus', 'Hana', 'Ivo', 'Jule'];
const factPattern = /The locker code of guest \w+ is [\w-]+\./g;

export function factsIn(request: MockRequest): Set<string> {
  return new Set(request.messages.flatMap(message => textOf(message).match(factPattern) ?? []));
}

/** Refuses what does not fit, and tells how long each prompt was. */
export function smallWindowScript(model: SmallWindow): (request: MockRequest) => MockReply {
  return request => {
    const input = countTokens(request, model.perFourCharacters);
    if (input > model.windowTokens) return overflow;
    const reply = !isSummaryRequest(request) ? model.answer(request) : (model.summarizer ?? followPrompt)(request);
    return { usage: { input, output: 20 }, ...reply };
  };
}

export const overflow: MockReply = {
  error: { status: 400, body: { error: { code: 'context_length_exceeded', message: "This model's maximum context length is exceeded" } } },
};

export function countTokens({ messages, tools }: MockRequest, perFourCharacters: number): number {
  return Math.ceil((JSON.stringify([messages, tools]).length / 4) * perFourCharacters);
}

/** All details, copied exactly, in few words. */
function followPrompt(request: MockRequest): MockReply {
  const transcript = textOf(request.messages.at(-1));
  return { text: `What happened: guests came and went.\nDetails:\n${[...new Set(transcript.match(factPattern) ?? [])].join('\n')}` };
}
