/** What editing needs to know of a block. */
export interface EditableBlock {
  readonly label: string;
  readonly value: string;
  /** Characters. */
  readonly limit: number;
  readonly readOnly: boolean;
}

/** An edit as a memory tool asks for it; `kind` is the tool's name. */
export type BlockEdit =
  | { readonly kind: 'core_memory_append'; readonly label: string; readonly content: string }
  | { readonly kind: 'core_memory_replace'; readonly label: string; readonly oldContent: string; readonly newContent: string }
  | { readonly kind: 'memory_replace'; readonly label: string; readonly oldString: string; readonly newString: string }
  | { readonly kind: 'memory_insert'; readonly label: string; readonly newString: string; readonly insertLine: number }
  | { readonly kind: 'memory_rethink'; readonly label: string; readonly newMemory: string };

/** `errorType` names the error as V1's stderr line does. */
export type EditResult =
  | { readonly kind: 'ok'; readonly value: string }
  | { readonly kind: 'error'; readonly errorType: 'KeyError' | 'ValueError'; readonly message: string };
