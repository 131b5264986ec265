import { Client } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';

export interface TemporalOptions {
  /** host:port */
  readonly address: string;
  readonly namespace: string;
}

export interface TemporalAccess {
  readonly connection: NativeConnection;
  readonly client: Client;
  close(): Promise<void>;
}

/** One native connection for client and worker: a process that is both saves a hop. Throws when the server cannot be reached. */
export async function connectTemporal({ address, namespace }: TemporalOptions): Promise<TemporalAccess> {
  const connection = await NativeConnection.connect({ address });
  return { connection, client: new Client({ connection, namespace }), close: () => connection.close() };
}
