export type ReasoningEffort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh';

/** What an agent's model is and how it is called; stored as `agents.llm_config` (jsonb). Wire form: V1's `LLMConfig`. */
export interface ModelConfig {
  /** `<provider name>/<model>`, e.g. `openai/gpt-4.1`. */
  readonly handle: string;
  /** Model name as the provider knows it. */
  readonly model: string;
  readonly displayName: string | null;
  /** V1's name of the wire protocol: `openai`, `anthropic`, `perdura`. */
  readonly modelEndpointType: string;
  readonly modelEndpoint: string | null;
  readonly providerName: string;
  readonly providerCategory: 'base' | 'byok';
  /** Tokens. */
  readonly contextWindow: number;
  readonly temperature: number | null;
  /** Output limit in tokens; null leaves it to the provider. */
  readonly maxTokens: number | null;
  readonly enableReasoner: boolean;
  readonly reasoningEffort: ReasoningEffort | null;
  /** Thinking budget in tokens (Anthropic); 0 = the provider's minimum. */
  readonly maxReasoningTokens: number;
  readonly effort: 'low' | 'medium' | 'high' | 'max' | null;
  readonly verbosity: 'low' | 'medium' | 'high' | null;
  readonly frequencyPenalty: number | null;
  readonly parallelToolCalls: boolean;
  readonly putInnerThoughtsInKwargs: boolean;
  readonly strict: boolean;
  readonly responseFormat: ResponseFormat | null;
}

export type ResponseFormat =
  | { readonly type: 'text' }
  | { readonly type: 'json_object' }
  | { readonly type: 'json_schema'; readonly jsonSchema: Readonly<Record<string, unknown>> };

/** Stored as `agents.embedding_config` and `archives.embedding_config` (jsonb). Wire form: V1's `EmbeddingConfig`. */
export interface EmbeddingConfig {
  /** `<provider name>/<model>` */
  readonly handle: string;
  readonly embeddingModel: string;
  readonly embeddingEndpointType: string;
  readonly embeddingEndpoint: string | null;
  readonly embeddingDim: number;
  readonly embeddingChunkSize: number;
  /** Texts of one request. */
  readonly batchSize: number;
}

/** A model that a provider has, as far as it is known without asking: null = its dimension has to be found out. */
export interface EmbeddingOffer extends Omit<EmbeddingConfig, 'embeddingDim'> {
  readonly embeddingDim: number | null;
}
