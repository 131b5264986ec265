import type { EditRefusal } from './editable-block.js';

/** What a block is to become. */
export interface BlockContent {
  readonly label: string;
  readonly value: string;
  readonly description: string | null;
}

/** `label` is the block's present one. */
export type BlockChange =
  | { readonly kind: 'create'; readonly to: BlockContent }
  | { readonly kind: 'edit'; readonly label: string; readonly to: BlockContent }
  /** The agent has it no longer; the block stays. */
  | { readonly kind: 'detach'; readonly label: string };

/** What a memory tool does to the blocks of a conversation, all of it or nothing, or what the model is told instead. */
export type MemoryPlan =
  /** `message`: null = the new value of the one block that changes. */
  | { readonly kind: 'planned'; readonly changes: readonly BlockChange[]; readonly message: string | null }
  | {
      readonly kind: 'refused';
      /** V1 calls a failed deletion a success. */
      readonly status: 'error' | 'success';
      readonly message: string;
      /** As V1's line of stderr names it. */
      readonly errorType: EditRefusal['errorType'];
      /** The block whose present value the message holds. */
      readonly tellsValueOf: string | null;
    };
