import { isReasoningModel } from './reasoning-models.js';

export type OpenAiProtocol = 'chat' | 'responses';

/** Whether this is OpenAI itself and not a server that speaks its protocol. */
export function isOfficialOpenAi(baseUrl: string | null): boolean {
  return baseUrl !== null && URL.canParse(baseUrl) && new URL(baseUrl).hostname === 'api.openai.com';
}

/**
 * The protocol to call a model by. OpenAI's own reasoning models give their reasoning back by Responses only; chat completions are what every
 * compatible server speaks.
 */
export function chooseProtocol(wanted: 'auto' | OpenAiProtocol, baseUrl: string, model: string): OpenAiProtocol {
  if (wanted !== 'auto') return wanted;
  return isOfficialOpenAi(baseUrl) && isReasoningModel(model) ? 'responses' : 'chat';
}
