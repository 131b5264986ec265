import type { Transport, TransportSendOptions } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/sdk/types.js';

/** How long an answer that has been read may take to get here after its stream's end, in ms. */
const settleMs = 100;
/** How long closing waits for what the server is being told, in ms. */
const lastWordMs = 1000;

/**
 * A transport that tells of answers that will not come any more: the SDK leaves a request waiting whose stream ended without one, or held something else.
 */
export class WatchedTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: Transport['onmessage'];

  private readonly open = new Set<RequestId>();
  private readonly telling = new Set<Promise<void>>();
  private lastError: Error | null = null;

  constructor(
    private readonly inner: Transport,
    /** Whether nothing can come after this error. */
    private readonly isFatal: (error: Error) => boolean,
  ) {
    inner.onclose = () => this.onclose?.();
    inner.onerror = error => this.note(error);
    inner.onmessage = (message, extra) => {
      if ('id' in message && !('method' in message) && message.id !== undefined) this.open.delete(message.id);
      this.onmessage?.(message, extra);
    };
  }

  start(): Promise<void> {
    return this.inner.start();
  }

  /** What the server is told last, such as that nobody waits for an answer, has to get there. */
  async close(): Promise<void> {
    const late = new Promise<void>(resolve => setTimeout(resolve, lastWordMs).unref());
    await Promise.race([Promise.allSettled(this.telling), late]);
    await this.inner.close();
  }

  async send(message: JSONRPCMessage, options?: TransportSendOptions): Promise<void> {
    if ('method' in message && 'id' in message) this.open.add(message.id);
    const sent = this.inner.send(message, options);
    if (!('id' in message)) {
      this.telling.add(sent);
      const forget = (): boolean => this.telling.delete(sent);
      sent.then(forget, forget);
    }
    await sent;
  }

  setProtocolVersion(version: string): void {
    this.inner.setProtocolVersion?.(version);
  }

  get sessionId(): string | undefined {
    return this.inner.sessionId;
  }

  /** The stream in which the answer to this request had to be has ended. */
  streamEnded(id: RequestId): void {
    setTimeout(() => {
      if (!this.open.delete(id)) return;
      const reason = this.lastError === null ? '' : `: ${this.lastError.message}`;
      this.onmessage?.({ jsonrpc: '2.0', id, error: { code: connectionClosed, message: `the answer broke off${reason}` } });
    }, settleMs);
  }

  private note(error: Error): void {
    this.lastError = error;
    this.onerror?.(error);
    if (this.isFatal(error)) void this.close().catch(() => undefined);
  }
}

/** The SDK's own code for a request whose connection is gone. */
const connectionClosed = -32000;
