/**
 * unreachable: no connection. timeout: no answer in time. unauthorized: the server wants somebody to sign in. refused: this server does not call it.
 * protocol: what came back cannot be read, or the connection broke. error: the server answered with an error. tripped: it is left alone for a while.
 */
export type McpFailureKind = 'unreachable' | 'timeout' | 'unauthorized' | 'refused' | 'protocol' | 'error' | 'tripped';

/** Why an MCP server did not do what it was asked for, in words for whoever asked. */
export class McpFailure extends Error {
  override readonly name = 'McpFailure';

  constructor(
    readonly kind: McpFailureKind,
    message: string,
    /** Whether it is certain that the server has not begun what it was asked for. */
    readonly nothingSent: boolean,
  ) {
    super(message);
  }

  /** Whether it tells of the server's state, rather than of this one request. */
  get isOutage(): boolean {
    return this.kind === 'unreachable' || this.kind === 'timeout' || this.kind === 'protocol';
  }
}
