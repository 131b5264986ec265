import { removeProcessCode } from './process-code.js';
import { stopSharedServices } from './services.js';
import { stopSharedCluster } from './shared-cluster.js';
import { stopSharedStack } from './stack.js';

/** Ends what the tests have shared, so that a run leaves no process behind. */
export const mochaHooks = {
  async afterAll(): Promise<void> {
    await stopSharedCluster();
    await removeProcessCode();
    await stopSharedStack();
    await stopSharedServices();
  },
};
