import { stopSharedServices } from './services.js';

/** Ends what the tests have shared, so that a run leaves no process behind. */
export const mochaHooks = {
  afterAll: async (): Promise<void> => stopSharedServices(),
};
