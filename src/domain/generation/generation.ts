import type { ModelUsage } from '../model/language-model.js';

/** What a client asks of an agent's model beside all conversations. */
export interface GenerationRequest {
  readonly prompt: string;
  readonly systemPrompt: string | null;
  /** A handle; null = the agent's own model. */
  readonly overrideModel: string | null;
  /** Set: the text is JSON of this schema, of type object. */
  readonly responseSchema: Readonly<Record<string, unknown>> | null;
}

export interface GenerationResult {
  readonly content: string;
  /** The name, not the handle. */
  readonly model: string;
  readonly usage: ModelUsage;
  /** USD; null = the model has no known price. */
  readonly cost: number | null;
}
