/** Models of OpenAI that reason before they answer: they refuse a temperature and count their output otherwise. */
export function isReasoningModel(model: string): boolean {
  return /^(o[134](-|$)|gpt-5)/.test(model) && !model.startsWith('gpt-5-chat');
}
