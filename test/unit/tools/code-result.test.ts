import assert from 'node:assert/strict';
import type { SandboxOutcome } from '../../../src/domain/sandbox/code-sandbox.js';
import { codeResult } from '../../../src/domain/tools/code-result.js';

const outcome = (more: Partial<SandboxOutcome>): SandboxOutcome => ({
  status: 'success',
  value: null,
  stdout: '',
  stderr: '',
  agentState: null,
  ...more,
});

describe('codeResult', () => {
  it('is the value of the last expression and what was printed, in the form of V1', () => {
    assert.deepEqual(JSON.parse(codeResult(outcome({ value: { a: [1] }, stdout: 'x\n', stderr: 'y' }))), {
      results: ['{"a":[1]}'],
      logs: { stdout: ['x\n'], stderr: ['y'] },
    });
    assert.match(codeResult(outcome({ value: 'text' })), /^\{"results":\["text"\],/);
    assert.deepEqual(JSON.parse(codeResult(outcome({}))), { results: [], logs: { stdout: [], stderr: [] } });
  });

  it('names the error of the code', () => {
    const told = (value: string): unknown =>
      (JSON.parse(codeResult(outcome({ status: 'error', value }))) as { readonly error: unknown }).error;
    assert.deepEqual(told('Error executing function run_code: KeyError: "a: b"'), { name: 'KeyError', value: '"a: b"' });
    assert.deepEqual(told('out of order'), { name: 'Error', value: 'out of order' });
  });
});
