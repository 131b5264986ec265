import type { ToolStatus } from '../messages/content.js';

/** What a tool gives back before it is packed for the model. An object stays an object in the packed form. */
export type ToolResultValue = string | Readonly<Record<string, unknown>> | null;

export interface ToolResult {
  readonly status: ToolStatus;
  readonly value: ToolResultValue;
  /** V1's name of what went wrong, for its line of stderr. */
  readonly errorType?: string;
  /** It may go well when the same call runs again: the other side was away, or busy. */
  readonly isTransient?: true;
}
