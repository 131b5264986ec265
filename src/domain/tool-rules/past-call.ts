/** A call that was executed, as far as rules ask about it. Calls that a rule forbade are none. */
export interface PastCall {
  readonly toolName: string;
  /** The message of its packed return; null where no rule asks for it, or when the call was cut off. */
  readonly output: string | null;
}
