import type { WireForm } from './mock-reply.js';

/** A model of the shared stack for each form. */
export const modelOf: Readonly<Record<WireForm, string>> = {
  chat: 'openai/mock-model',
  responses: 'openai/gpt-5',
  anthropic: 'anthropic/claude-sonnet-5',
};

export const wireForms: readonly WireForm[] = ['chat', 'responses', 'anthropic'];
