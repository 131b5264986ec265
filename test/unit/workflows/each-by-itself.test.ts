import assert from 'node:assert/strict';
import { CancelledFailure } from '@temporalio/workflow';
import { eachByItself } from '../../../src/workflows/each-by-itself.js';

describe('parts that are done each by itself', () => {
  const parts = (done: string[], failures: Readonly<Record<string, Error>>) =>
    ['a', 'b', 'c'].map(name => async () => {
      await Promise.resolve();
      if (failures[name] !== undefined) throw failures[name];
      done.push(name);
    });

  it('are done though one before them has failed, and the first failure is told', async () => {
    const done: string[] = [];
    await assert.rejects(eachByItself(parts(done, { a: new Error('no a'), b: new Error('no b') })), /no a/);
    assert.deepEqual(done, ['c']);
    await eachByItself(parts(done, {}));
    assert.deepEqual(done, ['c', 'a', 'b', 'c']);
  });

  it('are done no more after a cancel', async () => {
    const done: string[] = [];
    await assert.rejects(eachByItself(parts(done, { b: new CancelledFailure('enough') })), CancelledFailure);
    assert.deepEqual(done, ['a']);
  });
});
