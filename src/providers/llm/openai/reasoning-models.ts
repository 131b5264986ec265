/** Models of OpenAI that reason before they answer: they refuse a temperature and count their output otherwise. */
export function isReasoningModel(model: string): boolean {
  return /^(o\d+(-|$)|gpt-[5-9])/.test(model) && !/^gpt-[\d.]+-chat/.test(model);
}
