import { Client } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import { NativeConnection } from '@temporalio/worker';
import { dataConverter } from './data-converter.js';
import type { OnKeyMissing } from './payload-codec.js';

export interface TemporalOptions {
  /** host:port */
  readonly address: string;
  readonly namespace: string;
  /** The first encrypts what Temporal stores, all decrypt; none = nothing is encrypted. */
  readonly encryptionKeys: readonly Uint8Array[];
}

export interface TemporalAccess {
  readonly connection: NativeConnection;
  readonly client: Client;
  /** How payloads are read and written; the worker needs the same. */
  readonly dataConverter: DataConverter;
  /** Rejects when something was met that only a key which this process does not have can read. */
  readonly keyMissing: Promise<never>;
  close(): Promise<void>;
}

/** One native connection for client and worker: a process that is both saves a hop. Throws when the server cannot be reached. */
export async function connectTemporal({ address, namespace, encryptionKeys }: TemporalOptions): Promise<TemporalAccess> {
  const connection = await NativeConnection.connect({ address });
  let onKeyMissing: OnKeyMissing = () => undefined;
  const keyMissing = new Promise<never>((_, reject) => {
    onKeyMissing = reject;
  });
  // Without a listener it would end the process before whoever waits for it can.
  keyMissing.catch(() => undefined);
  const converter = dataConverter(encryptionKeys, error => onKeyMissing(error));
  return {
    connection,
    client: new Client({ connection, namespace, dataConverter: converter }),
    dataConverter: converter,
    keyMissing,
    close: () => connection.close(),
  };
}
