import assert from 'node:assert/strict';
import { clipView, viewHeader } from '../../../src/domain/files/file-view.js';
import { fileLimits } from '../../../src/domain/files/file-limits.js';
import { nameInFolder, sanitizeFileName } from '../../../src/domain/files/file-names.js';
import { uploadType, viewStyleOf } from '../../../src/domain/files/file-types.js';
import { planArrival, planOpening } from '../../../src/domain/files/plan-open-files.js';

/** In the order of their last use. */
const files = (names: string, open: string) =>
  [...names].map((fileId, index) => ({ fileId, isOpen: open.includes(fileId), lastAccessedAt: index }));

describe('planOpening', () => {
  it('closes the files that were used longest ago, and no more than it has to', () => {
    assert.deepEqual(planOpening(files('abcd', 'abc'), ['d'], 3), { open: ['d'], close: ['a'] });
    assert.deepEqual(planOpening(files('abcd', 'ab'), ['d'], 3), { open: ['d'], close: [] });
    assert.deepEqual(planOpening(files('abcd', 'abc'), ['b'], 3), { open: ['b'], close: [] });
    assert.deepEqual(planOpening(files('abcd', 'abc'), ['d', 'b'], 2), { open: ['d', 'b'], close: ['a', 'c'] });
  });
});

describe('planArrival', () => {
  it('opens the first of the new files, and leaves the rest of the room to what was used last', () => {
    assert.deepEqual(planArrival(files('abc', 'abc'), ['x', 'y'], 4), { open: ['x', 'y'], close: ['a'] });
    assert.deepEqual(planArrival(files('abc', 'abc'), ['x', 'y', 'z'], 2), { open: ['x', 'y'], close: ['a', 'b', 'c'] });
  });

  it('closes nothing when nothing comes, though there is no room left', () => {
    assert.deepEqual(planArrival(files('abc', 'abc'), [], 3), { open: [], close: [] });
  });
});

describe('the view of a file', () => {
  it('says above it what it shows', () => {
    assert.equal(viewHeader({ start: null, end: null }, 9, 'lines'), '[Viewing file start (out of 9 lines)]');
    assert.equal(viewHeader({ start: 2, end: 20 }, 9, 'code'), '[Viewing lines 3 to 9 (out of 9 lines)]');
    assert.equal(viewHeader({ start: 2, end: null }, 9, 'sentences'), '[Viewing sentences 3 to end (out of 9 sentences)]');
  });

  it('is cut to exactly the limit, with a note', () => {
    assert.equal(clipView('x'.repeat(200), 200), 'x'.repeat(200));
    const cut = clipView(`😀${'x'.repeat(300)}`, 200);
    assert.equal([...cut].length, 200);
    assert.match(cut, /x\.\.\.\[TRUNCATED\]\n# NOTE: This block is truncated, use functions to view the full content\.$/);
  });
});

describe('the limits of files', () => {
  it('go by the window where the agent has none of its own', () => {
    const none = { maxFilesOpen: null, perFileViewWindowCharLimit: null };
    assert.deepEqual(
      [8000, 32_000, 128_000, 200_000, 200_001].map(window => fileLimits(none, window)),
      [
        [3, 5000],
        [5, 15_000],
        [10, 25_000],
        [10, 40_000],
        [15, 40_000],
      ].map(([mostOpen, viewCharacters]) => ({ mostOpen, viewCharacters })),
    );
    assert.deepEqual(fileLimits({ maxFilesOpen: 2, perFileViewWindowCharLimit: 100 }, 8000), { mostOpen: 2, viewCharacters: 100 });
  });
});

describe('the name and the type of an upload', () => {
  it('are those of the file without its path', () => {
    assert.equal(sanitizeFileName('C:\\docs\\a<b>.txt'), 'a_b_.txt');
    assert.equal(sanitizeFileName(`${'x'.repeat(300)}.md`).length, 255);
    for (const name of ['', '..', 'a/..', 'NUL']) assert.throws(() => sanitizeFileName(name), { name: 'RequestError' });
    assert.equal(nameInFolder('docs', 'a.tar.gz', 2), 'docs/a.tar_(2).gz');
  });

  it('come from what the client says, else from the name', () => {
    assert.deepEqual(uploadType('text/markdown; charset=utf-8', 'x'), { mediaType: 'text/markdown', isSupported: true });
    assert.deepEqual(uploadType('application/octet-stream', 'x.PY'), { mediaType: 'text/x-python', isSupported: true });
    assert.equal(uploadType('application/zip', 'x.zip').isSupported, false);
    assert.deepEqual(
      [viewStyleOf('text/x-python', 'x'), viewStyleOf(null, 'a/b.md'), viewStyleOf('text/plain', 'x.py')],
      ['code', 'sentences', 'lines'],
    );
  });
});
