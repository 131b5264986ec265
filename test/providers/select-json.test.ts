import assert from 'node:assert/strict';
import { selectJson } from '../../src/providers/rest/select-json.js';

describe('a selection from JSON', function () {
  this.timeout(30_000);
  const { signal } = new AbortController();

  it('is what its expression finds', async () => {
    assert.deepEqual(await selectJson({ a: [{ b: 1 }, { b: 2 }] }, 'a[].b', signal), [1, 2]);
    assert.equal(await selectJson({ a: 1 }, 'nothing', signal), null);
    await assert.rejects(selectJson({ a: 1 }, 'sum(a)', signal), /sum/);
  });

  it('that asks for any amount of work or memory ends by itself, and leaves this process alone', async () => {
    const doubled = (times: number, part: string) => Array(times).fill(part).join('|');
    for (const expression of [doubled(40, '[@,@][]'), doubled(40, '[@,@]'), "pad_left('x', `100000000000`)"])
      await assert.rejects(selectJson({ a: 1 }, expression, signal), /too long|too much memory|more than can be shown|argument|length/i);
    assert.deepEqual(await selectJson([1], '[0]', signal), 1);
  });

  it('is given up when nobody waits for it any more', async () => {
    await assert.rejects(selectJson({ a: 1 }, 'a', AbortSignal.abort()), { name: 'AbortError' });
  });
});
