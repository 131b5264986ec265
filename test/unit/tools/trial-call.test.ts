import assert from 'node:assert/strict';
import { trialCallOf } from '../../../src/domain/tools/trial-call.js';
import type { CallableTool } from '../../../src/domain/tools/trial-call.js';

const custom: CallableTool = { name: 'mine', toolType: 'custom', sourceType: 'python', retryClass: 'never', timeoutMs: null };

describe('trialCallOf', () => {
  for (const [tool, execution] of [
    [custom, 'sandbox'],
    [{ ...custom, sourceType: 'typescript' }, 'sandbox'],
    [{ ...custom, sourceType: 'json' }, 'external'],
    [{ ...custom, toolType: 'external_mcp' }, 'external'],
    [{ ...custom, name: 'run_code', toolType: 'letta_builtin' }, 'sandbox'],
    [{ ...custom, name: 'memory_insert', toolType: 'letta_memory_core' }, 'external'],
  ] as const) {
    it(`runs ${tool.name} (${tool.toolType}, ${tool.sourceType}) as ${execution}`, () => {
      assert.deepEqual(trialCallOf(tool, 5), { toolName: tool.name, execution, retryClass: 'never', timeoutMs: 5 });
    });
  }
});
