/** Context windows in tokens, by the beginning of the model's name; the first that fits counts. */
const windows: readonly (readonly [string, number])[] = [
  ['gpt-5-chat', 128_000],
  ['gpt-5', 272_000],
  ['gpt-4.1', 1_047_576],
  ['gpt-4o', 128_000],
  ['gpt-4-turbo', 128_000],
  ['gpt-4', 8192],
  ['gpt-3.5', 16_385],
  ['o1', 200_000],
  ['o3', 200_000],
  ['o4', 200_000],
  ['claude', 200_000],
];

const unknownWindow = 128_000;

export function contextWindowOf(model: string): number {
  return windows.find(([start]) => model.startsWith(start))?.[1] ?? unknownWindow;
}

/** What is listed when the provider cannot be asked, and found without asking it. */
export const knownOpenAiModels: readonly string[] = [
  'gpt-6-sol',
  'gpt-6-luna',
  'gpt-5.5',
  'gpt-5.4',
  'gpt-5.4-mini',
  'gpt-5.4-nano',
  'gpt-5.2',
  'gpt-5.1',
  'gpt-5',
  'gpt-5-mini',
  'gpt-5-nano',
  'gpt-4.1',
  'gpt-4.1-mini',
  'gpt-4.1-nano',
  'gpt-4o',
  'gpt-4o-mini',
  'o3',
  'o3-mini',
  'o4-mini',
];

export const knownAnthropicModels: readonly string[] = [
  'claude-opus-5-5',
  'claude-opus-5',
  'claude-opus-4-8',
  'claude-opus-4-7',
  'claude-opus-4-6',
  'claude-opus-4-5-20251101',
  'claude-opus-4-1-20250805',
  'claude-opus-4-20250514',
  'claude-sonnet-5-5',
  'claude-sonnet-5',
  'claude-sonnet-4-6',
  'claude-sonnet-4-5-20250929',
  'claude-sonnet-4-20250514',
  'claude-haiku-5-5',
  'claude-haiku-4-5-20251001',
  'claude-3-7-sonnet-20250219',
  'claude-3-5-haiku-20241022',
];

export const openAiEmbeddings: Readonly<Record<string, number>> = {
  'text-embedding-3-small': 1536,
  'text-embedding-3-large': 3072,
  'text-embedding-ada-002': 1536,
};

/** Names in OpenAI's own listing that are no chat models. Other servers name theirs as they like (`…-instruct` chats there). */
export function isOpenAiChatModel(model: string): boolean {
  return !/embedding|whisper|tts|dall-e|moderation|realtime|audio|transcribe|image|davinci|babbage|instruct|search|computer-use|sora/.test(
    model,
  );
}

export function isEmbeddingModel(model: string): boolean {
  return /embed/i.test(model);
}
