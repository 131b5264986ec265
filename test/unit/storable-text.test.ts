import assert from 'node:assert/strict';
import { storableText } from '../../src/domain/storable-text.js';

describe('storableText', () => {
  it('drops NUL characters', () => {
    assert.equal(storableText('a\0b'), 'ab');
  });

  it('replaces halves of surrogate pairs and keeps whole ones', () => {
    assert.equal(storableText('👍\ud83d'), '👍\ufffd');
    assert.equal(storableText('\udc4dx\ud83dy'), '\ufffdx\ufffdy');
  });
});
