import assert from 'node:assert/strict';
import { applyPatch } from 'diff';
import { presentBlockDiff } from '../../../src/api/presenters/block-version.js';
import type { BlockVersionRecord } from '../../../src/repositories/block-history.repository.js';

describe('the difference of two versions of a block', () => {
  const versionOf = (version: number, value: string): BlockVersionRecord => ({
    ...{ version, value, label: 'notes', limit: 100_000, description: null, readOnly: false, action: 'edit', restores: null },
    ...{ authorType: 'user', authorId: null, runId: null, stepId: null, toolCallId: null, checkpoint: null },
    createdAt: '2026-01-01T00:00:00.000Z',
  });
  const diffOf = (from: string, to: string): string => presentBlockDiff('block-1', versionOf(1, from), versionOf(2, to)).diff;
  const lines = (count: number, name: string): string => Array.from({ length: count }, (_, line) => `${name}${line}`).join('\n');

  it('shows the lines that differ and some around them', () => {
    const shown = '--- notes\tversion 1\n+++ notes\tversion 2\n@@ -1,2 +1,2 @@\n one\n-two\n+2\n';
    assert.equal(diffOf('one\ntwo\n', 'one\n2\n'), shown);
  });

  it('is one text in the place of the other when too much differs to compare them line by line', () => {
    for (const [from, to] of [
      [lines(50_000, ''), lines(50_000, 'x')],
      [`${lines(2000, 'a')}\n`, `\n${lines(2000, 'b')}`],
      ['', lines(2000, 'b')],
    ] as const) {
      const diff = diffOf(from, to);
      assert.equal(diff.match(/^@@/gm)?.length, 1);
      assert.equal(applyPatch(from, diff), to);
    }
  });
});
