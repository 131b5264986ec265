import assert from 'node:assert/strict';
import { readDocument, withMatrix } from './error-matrix.js';

describe('docs/design/errors.md', () => {
  it('shows the tables that the tests run by: `npm run docs:errors` writes them', () => {
    assert.equal(readDocument(), withMatrix(readDocument()));
  });
});
