import { startCluster } from './cluster.js';
import type { Cluster } from './cluster.js';

let current: { readonly key: string; readonly cluster: Promise<Cluster> } | null = null;

/**
 * The cluster that all files of tests with these settings share, one after the other: whatever is killed comes back or is started again. The files of one
 * folder of test/crash have the same settings; when others are asked for, it is stopped.
 */
export async function sharedCluster(environment: Readonly<Record<string, string>> = {}): Promise<Cluster> {
  const key = JSON.stringify(environment);
  if (current?.key !== key) {
    await stopSharedCluster();
    current = { key, cluster: startCluster(environment) };
  }
  const cluster = await current.cluster;
  await cluster.reset();
  return cluster;
}

export async function stopSharedCluster(): Promise<void> {
  const last = current;
  current = null;
  // One that did not start has told that to whoever asked for it.
  await last?.cluster.then(
    cluster => cluster.stop(),
    () => undefined,
  );
}
