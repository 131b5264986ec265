/** Keeps secrets out of the database's plain text: tokens, secrets of agents, environments of tools. */
export interface SecretCipher {
  /** A text that only a process with the same key can open; another one each time. */
  seal(secret: string): string;
  /** Throws UnreadableSecret when the key is another one, or the text was changed. */
  open(sealed: string): string;
}

/** The message says which key is missing, never what was read. */
export class UnreadableSecret extends Error {
  override readonly name = 'UnreadableSecret';
}
