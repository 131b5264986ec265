import { stopSharedServices } from './services.js';
import { stopSharedStack } from './stack.js';

/** Ends what the tests have shared, so that a run leaves no process behind. */
export const mochaHooks = {
  async afterAll(): Promise<void> {
    await stopSharedStack();
    await stopSharedServices();
  },
};
