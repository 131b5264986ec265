import assert from 'node:assert/strict';
import { createToolBody, updateToolBody } from '../../../src/contract/tool-writes.contract.js';

describe('packages that a tool requires', () => {
  const isTaken = (member: string, name: string, version?: string): boolean => {
    const packages = { [member]: [{ name, version }] };
    const [created, changed] = [createToolBody.safeParse({ source_code: '', ...packages }), updateToolBody.safeParse(packages)];
    assert.equal(created.success, changed.success);
    return created.success;
  };

  it('are names and versions when they are written, never addresses or options', () => {
    for (const [name, version] of [['git+https://x/y'], ['--index-url=x'], [''], ['six', '"; rm -rf /']] as const)
      assert.equal(isTaken('pip_requirements', name, version), false, name);
    for (const [name, version] of [['../../x'], ['https://a.example/x.js'], ['shout', 'file:..']] as const)
      assert.equal(isTaken('npm_requirements', name, version), false, name);
  });

  it('are taken as they are usually written', () => {
    assert.equal(isTaken('pip_requirements', 'uvicorn[standard]', '0.30.1'), true);
    assert.equal(isTaken('pip_requirements', 'six'), true);
    assert.equal(isTaken('npm_requirements', '@tools/greet', '^1.2.0 || 2.x'), true);
  });
});
