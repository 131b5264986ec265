import type { ToolStatus } from '../messages/content.js';

export interface ToolResult {
  readonly status: ToolStatus;
  /** JSON. For the model an object stays an object, and anything else becomes a text. */
  readonly value: unknown;
  /** V1's name of what went wrong, for its line of stderr. */
  readonly errorType?: string;
  /** It may go well when the same call runs again: the other side was away, or busy. */
  readonly isTransient?: true;
  /** What the tool has printed; undefined = it is none that prints. */
  readonly stdout?: string;
  readonly stderr?: string;
}
