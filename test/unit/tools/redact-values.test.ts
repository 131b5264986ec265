import assert from 'node:assert/strict';
import { redactValues } from '../../../src/domain/secrets/redact-values.js';

describe('redactValues', () => {
  const secrets = [
    { name: 'KEY', value: 'sk-12345' },
    { name: 'LONG', value: 'sk-12345-and-more' },
    { name: 'SHORT', value: 'Oslo' },
  ];

  it('puts the name of a secret in its place, wherever in JSON it stands', () => {
    assert.deepEqual(redactValues({ a: ['x sk-12345 y', 3, null], 'sk-12345': { b: 'sk-12345sk-12345' } }, secrets), {
      a: ['x [secret KEY] y', 3, null],
      '[secret KEY]': { b: '[secret KEY][secret KEY]' },
    });
  });

  it('takes the longer one where one holds another, and leaves short ones, which are words', () => {
    assert.equal(redactValues('sk-12345-and-more of Oslo', secrets), '[secret LONG] of Oslo');
  });
});
