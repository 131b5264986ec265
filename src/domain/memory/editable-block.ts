/** What editing needs to know of a block. */
export interface EditableBlock {
  readonly label: string;
  readonly value: string;
  /** Characters. */
  readonly limit: number;
  readonly readOnly: boolean;
  readonly description?: string | null;
  /** The value that the model knows of, where others have changed the block since. */
  readonly seen?: string | null;
  /** It belongs to one conversation, and stands there for the agent's block of its label. */
  readonly isIsolated?: boolean;
}

/** An edit of one block's value as a memory tool asks for it; `kind` is the tool's name. */
export type BlockEdit =
  | { readonly kind: 'core_memory_append'; readonly label: string; readonly content: string }
  | { readonly kind: 'core_memory_replace'; readonly label: string; readonly oldContent: string; readonly newContent: string }
  | { readonly kind: 'memory_replace'; readonly label: string; readonly oldString: string; readonly newString: string }
  | { readonly kind: 'memory_insert'; readonly label: string; readonly newString: string; readonly insertLine: number }
  | { readonly kind: 'memory_rethink'; readonly label: string; readonly newMemory: string }
  | { readonly kind: 'memory_apply_patch'; readonly label: string; readonly patch: string };

/** `errorType` names the error as V1's stderr line does. */
export interface EditRefusal {
  readonly kind: 'error';
  readonly errorType: 'KeyError' | 'ValueError';
  readonly message: string;
  /** The message holds the block's present value, because others have changed it since the model saw it. */
  readonly tellsValue?: true;
}

export type EditResult = { readonly kind: 'ok'; readonly value: string } | EditRefusal;

/** A value with what two writers made of `base` in different places; null where they changed the same place in different ways. */
export type MergeTexts = (base: string, mine: string, theirs: string) => string | null;
