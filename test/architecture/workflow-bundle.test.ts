import assert from 'node:assert/strict';
import { sharedBundle } from '../support/services.js';

describe('the bundle of the workflows', () => {
  it('is made, and holds neither zod nor an activity', async () => {
    const bundle = await sharedBundle();
    assert.ok('code' in bundle);
    assert.match(bundle.code, /agentConversation/);
    assert.doesNotMatch(bundle.code, /ZodObject|src\/activities/);
  });
});
