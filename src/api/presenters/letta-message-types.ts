/** The wire messages of the V1 API, with V1's exact keys: what is not set is null, never absent. */
export interface LettaMessageFields {
  readonly id: string;
  /** ISO 8601 with seconds and offset. */
  readonly date: string;
  readonly name: string | null;
  readonly otid: string | null;
  readonly sender_id: string | null;
  readonly step_id: string | null;
  readonly is_err: true | null;
  readonly seq_id: number | null;
  readonly run_id: string | null;
}

export interface LettaTextContent {
  readonly type: 'text';
  readonly text: string;
  readonly signature: string | null;
}

export interface LettaImageContent {
  readonly type: 'image';
  readonly source: { readonly type: 'base64'; readonly media_type: string; readonly data: string; readonly detail: string | null };
}

export type LettaUserContent = LettaTextContent | LettaImageContent;

export interface LettaSystemMessage extends LettaMessageFields {
  readonly message_type: 'system_message';
  readonly content: string;
}

export interface LettaUserMessage extends LettaMessageFields {
  readonly message_type: 'user_message';
  readonly content: string | readonly LettaUserContent[];
}

export interface LettaAssistantMessage extends LettaMessageFields {
  readonly message_type: 'assistant_message';
  readonly content: string;
}

export interface LettaReasoningMessage extends LettaMessageFields {
  readonly message_type: 'reasoning_message';
  readonly source: 'reasoner_model' | 'non_reasoner_model';
  readonly reasoning: string;
  readonly signature: string | null;
}

export interface LettaHiddenReasoningMessage extends LettaMessageFields {
  readonly message_type: 'hidden_reasoning_message';
  readonly state: 'redacted' | 'omitted';
  readonly hidden_reasoning: string | null;
}

export interface LettaToolCall {
  readonly name: string;
  readonly arguments: string;
  readonly tool_call_id: string;
}

/** In a list: all calls of the message. In a token stream: one piece of one call, in both fields. */
export interface LettaToolCallMessage extends LettaMessageFields {
  readonly message_type: 'tool_call_message';
  readonly tool_call: LettaToolCall;
  readonly tool_calls: readonly LettaToolCall[] | LettaToolCall;
}

export interface LettaToolReturn {
  readonly type: 'tool';
  /** Parts where a tool of the client's has returned images. */
  readonly tool_return: string | readonly LettaUserContent[];
  readonly status: 'success' | 'error';
  readonly tool_call_id: string;
  readonly stdout: readonly string[] | null;
  readonly stderr: readonly string[] | null;
}

/** The fields beside `tool_returns` repeat the first of them, for older clients. */
export interface LettaToolReturnMessage extends LettaMessageFields {
  readonly message_type: 'tool_return_message';
  readonly tool_return: string | readonly LettaUserContent[];
  readonly status: 'success' | 'error';
  readonly tool_call_id: string;
  readonly stdout: readonly string[] | null;
  readonly stderr: readonly string[] | null;
  readonly tool_returns: readonly LettaToolReturn[];
}

export interface LettaCompactionStats {
  readonly trigger: string;
  readonly context_tokens_before: number | null;
  readonly context_tokens_after: number | null;
  readonly context_window: number;
  readonly messages_count_before: number;
  readonly messages_count_after: number;
}

export interface LettaSummaryMessage extends LettaMessageFields {
  readonly message_type: 'summary_message';
  readonly summary: string;
  readonly compaction_stats: LettaCompactionStats | null;
}

/** Of streams only: the context is compacted, and a summary follows. */
export interface LettaEventMessage extends LettaMessageFields {
  readonly message_type: 'event_message';
  readonly event_type: 'compaction';
  readonly event_data: {
    readonly trigger: string;
    readonly context_token_estimate: number | null;
    readonly context_window: number;
  };
}

/** What waits for the client. In a token stream: one piece of one call, in both fields. */
export interface LettaApprovalRequestMessage extends LettaMessageFields {
  readonly message_type: 'approval_request_message';
  readonly tool_call: LettaToolCall;
  readonly tool_calls: readonly LettaToolCall[] | LettaToolCall;
}

export type LettaCallAnswer =
  { readonly type: 'approval'; readonly tool_call_id: string; readonly approve: boolean; readonly reason: string | null } | LettaToolReturn;

/** The fields beside `approvals` repeat the first of them, for older clients. */
export interface LettaApprovalResponseMessage extends LettaMessageFields {
  readonly message_type: 'approval_response_message';
  readonly approvals: readonly LettaCallAnswer[];
  readonly approve: boolean | null;
  readonly approval_request_id: string | null;
  readonly reason: string | null;
}

export type LettaMessage =
  | LettaSystemMessage
  | LettaUserMessage
  | LettaAssistantMessage
  | LettaReasoningMessage
  | LettaHiddenReasoningMessage
  | LettaToolCallMessage
  | LettaToolReturnMessage
  | LettaSummaryMessage
  | LettaEventMessage
  | LettaApprovalRequestMessage
  | LettaApprovalResponseMessage;

/** How messages are shown to this client. */
export interface MessagePresentation {
  /** True: text of the model is what it says. False: it is thought, and speech comes by a tool. */
  readonly textIsAssistantMessage: boolean;
  /** True: calls of the tool below are shown as what they say, and their returns not at all. */
  readonly useAssistantMessage: boolean;
  readonly assistantMessageToolName: string;
  readonly assistantMessageToolKwarg: string;
  /** True: compactions are told by an event_message and a summary_message, else summaries are shown as user_message. */
  readonly includeCompactionMessages?: boolean;
}
