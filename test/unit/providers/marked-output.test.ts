import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { once } from 'node:events';
import { readMarked } from '../../../src/providers/sandboxes/deno/marked-output.js';

async function reading(chunks: readonly string[], limits: { printedBytes?: number; resultBytes?: number } = {}) {
  let floods = 0;
  const stream = new PassThrough();
  const output = readMarked(stream, { mark: '\nMARK\n', printedBytes: 100, resultBytes: 100, ...limits, onFlood: () => (floods += 1) });
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  await once(stream, 'end');
  return { printed: output.printed(), result: output.result(), floods };
}

describe('readMarked', () => {
  it('divides a stream at its mark, wherever its chunks are cut', async () => {
    const whole = 'printed\nMARKED\nMARK\n{"a":1}';
    for (let cut = 0; cut <= whole.length; cut += 1) {
      const { printed, result } = await reading([whole.slice(0, cut), whole.slice(cut)]);
      assert.equal(printed, 'printed\nMARKED');
      assert.deepEqual(result, { text: '{"a":1}', isWhole: true });
    }
    assert.equal((await reading([...whole])).printed, 'printed\nMARKED');
  });

  it('gives all that was printed when no mark has come', async () => {
    const { printed, result } = await reading(['so far\nMAR']);
    assert.equal(printed, 'so far\nMAR');
    assert.equal(result, null);
  });

  it('keeps beginnings, counts the rest, and tells once of a flood', async () => {
    const { printed, result, floods } = await reading(['x'.repeat(150), '\nMARK\n', 'y'.repeat(101)]);
    assert.equal(printed, `${'x'.repeat(100)}\n... [50 bytes more]`);
    assert.equal(result?.isWhole, false);
    assert.equal(floods, 0);
    assert.equal((await reading(Array.from({ length: 50 }, () => 'x'.repeat(100)))).floods, 1);
  });
});
