import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { Worker } from '@temporalio/worker';
import { packageFile } from '../../src/config/version.js';
import { sharedBundle } from '../support/services.js';

/** Executions that began under an earlier version have to go on under this one. */
describe('replay of recorded histories', () => {
  const folder = packageFile('test/replay/histories');

  it('has a history of each shape', () => {
    assert.ok(readdirSync(folder).length >= 8);
  });

  for (const file of readdirSync(folder)) {
    it(`replays ${file}`, async () => {
      const history: unknown = JSON.parse(readFileSync(`${folder}/${file}`, 'utf8'));
      await Worker.runReplayHistory({ workflowBundle: await sharedBundle() }, history);
    });
  }
});
