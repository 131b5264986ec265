/** Content parts as they are stored in `messages.content` (jsonb) and handed to model adapters. Wire names differ only in case. */
export interface TextPart {
  readonly type: 'text';
  readonly text: string;
  readonly signature?: string;
}

/** Always the image itself: what a URL names is fetched before a message is accepted. */
export interface ImageSource {
  readonly type: 'base64';
  readonly mediaType: string;
  readonly data: string;
  readonly detail?: string;
}

export interface ImagePart {
  readonly type: 'image';
  readonly source: ImageSource;
}

export interface ReasoningPart {
  readonly type: 'reasoning';
  /** True for a provider's own reasoning channel, false for thoughts that the model wrote as text. */
  readonly isNative: boolean;
  readonly reasoning: string;
  readonly signature?: string;
}

export interface RedactedReasoningPart {
  readonly type: 'redacted_reasoning';
  readonly data: string;
}

/** The provider reasoned but shows nothing of it (OpenAI chat completions). */
export interface OmittedReasoningPart {
  readonly type: 'omitted_reasoning';
  readonly signature?: string;
}

/** OpenAI Responses reasoning item; it has to go back to the provider unchanged. */
export interface SummarizedReasoningPart {
  readonly type: 'summarized_reasoning';
  readonly id: string;
  readonly summary: readonly { readonly index: number; readonly text: string }[];
  readonly encryptedContent?: string;
}

export type UserPart = TextPart | ImagePart;
export type AssistantPart = TextPart | ReasoningPart | RedactedReasoningPart | OmittedReasoningPart | SummarizedReasoningPart;

/** One tool call as the model wrote it. `arguments` is the JSON text, possibly malformed. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

export type ToolStatus = 'success' | 'error';

/** The answer to one tool call. `content` is what the model reads. */
export interface ToolReturn {
  readonly toolCallId: string;
  readonly toolName: string;
  readonly status: ToolStatus;
  readonly content: string;
  /** What a tool of the client's has returned beside its text. */
  readonly images?: readonly ImagePart[];
  readonly stdout: readonly string[] | null;
  readonly stderr: readonly string[] | null;
}

/** What a client says of one call that was put before it: whether it may run, or, for a tool of its own, what came of it. */
export type CallAnswer =
  | { readonly type: 'approval'; readonly toolCallId: string; readonly approve: boolean; readonly reason: string | null }
  | {
      readonly type: 'tool';
      readonly toolCallId: string;
      readonly status: ToolStatus;
      readonly toolReturn: string;
      readonly images?: readonly ImagePart[];
      readonly stdout: readonly string[] | null;
      readonly stderr: readonly string[] | null;
    };
