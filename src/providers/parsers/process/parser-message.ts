/** What the process of a parser writes, one JSON a line. */
export type ParserMessage =
  | { readonly text: string }
  /** Why the document cannot be read. */
  | { readonly unreadable: string }
  | { readonly done: true };

export type ProcessParser = 'pdf' | 'docx' | 'html';

/** Where the process finds the document. */
export const documentDescriptor = 3;
