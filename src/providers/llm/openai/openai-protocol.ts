import { isReasoningModel } from './reasoning-models.js';

export type OpenAiProtocol = 'chat' | 'responses';

/** `auto`: by model at OpenAI itself, chat completions elsewhere. `by-model`: by model wherever the base URL points. */
export type WantedProtocol = 'auto' | 'by-model' | OpenAiProtocol;

/** Whether this is OpenAI itself and not a server that speaks its protocol. */
export function isOfficialOpenAi(baseUrl: string | null): boolean {
  return baseUrl !== null && URL.canParse(baseUrl) && new URL(baseUrl).hostname === 'api.openai.com';
}

/**
 * The protocol to call a model by. OpenAI's own reasoning models give their reasoning back by Responses only; chat completions are what every
 * compatible server speaks.
 */
export function chooseProtocol(wanted: WantedProtocol, baseUrl: string, model: string): OpenAiProtocol {
  if (wanted === 'chat' || wanted === 'responses') return wanted;
  const mayAsk = wanted === 'by-model' || isOfficialOpenAi(baseUrl);
  return mayAsk && isReasoningModel(model) ? 'responses' : 'chat';
}
