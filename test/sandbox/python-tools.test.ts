import assert from 'node:assert/strict';
import { never, pythonCall, sandboxWith } from '../support/tool-sandbox.js';

describe('Python tools in the sandbox', () => {
  const { sandbox, run } = sandboxWith();

  it('calls the function with its arguments by name, coerced as its annotations say', async () => {
    const source = [
      'from enum import Enum',
      'from typing import Optional',
      'from dataclasses import dataclass',
      '@dataclass',
      'class Place:',
      '    name: str',
      '    height: float',
      'class Colour(Enum):',
      '    RED = "red"',
      'def seen(a: int, b: bool, c: list[int], d: Optional[str], e: Place, f: Colour, g: str, h: "dict[str, float]", i=5):',
      '    return [a, b, c, d, e.height, f.name, g, h, i]',
    ].join('\n');
    const args = {
      a: '3',
      b: 'false',
      c: '["1", 2]',
      d: null,
      e: { name: 'K2', height: '8611' },
      f: 'red',
      g: '{"a": 1}',
      h: { x: '1.5' },
    };
    const outcome = await run(source, { functionName: 'seen', args });
    assert.deepEqual(outcome.value, [3, false, [1, 2], null, 8611, 'RED', '{"a": 1}', { x: 1.5 }, 5]);
    assert.equal(outcome.status, 'success');
  });

  it('tells of an argument that does not fit its annotation', async () => {
    const { status, value } = await run('def f(count: int):\n    return count', { args: { count: 'many' } });
    assert.equal(status, 'error');
    assert.equal(value, "Error executing function f: ValueError: Failed to coerce argument 'count' to int: expected int, got 'many'");
    const list = await run('def f(names: list[str]):\n    return names', { args: { names: 'a b' } });
    assert.match(String(list.value), /Failed to coerce argument 'names' to list(\[str\])?: got 'a b'$/);
  });

  it('tells of an argument that the function does not take, and takes any value where the annotation says so', async () => {
    const { value } = await run('def f(a: int):\n    return a', { args: { a: 1, zz: 3 } });
    assert.match(String(value), /^Error executing function f: TypeError: .*unexpected keyword argument 'zz'/);
    const source = 'import typing\ndef f(a: typing.Any, b: typing.Optional[typing.Any]):\n    return [a, b]';
    assert.deepEqual((await run(source, { args: { a: '1', b: { c: 2 } } })).value, ['1', { c: 2 }]);
  });

  it('awaits coroutines and keeps stdout and stderr apart', async () => {
    const source = 'import sys\nasync def f():\n    print("out")\n    print("err", file=sys.stderr)\n    return {"a": (1, 2)}';
    assert.deepEqual(await run(source), { status: 'success', value: { a: [1, 2] }, stdout: 'out\n', stderr: 'err\n', agentState: null });
  });

  it('gives what JSON has no form for as its text', async () => {
    const source = 'class Odd:\n    def __str__(self):\n        return "odd"\ndef f():\n    return Odd()';
    assert.equal((await run(source)).value, 'odd');
    assert.equal((await run('def f():\n    return [float("nan")]')).value, '[nan]');
    assert.equal((await run('import datetime\ndef f():\n    return datetime.date(2026, 1, 2)')).value, '2026-01-02');
  });

  it('reports an exception in the words of V1, with its own lines in the traceback and no others', async () => {
    const { status, value, stderr } = await run('def f():\n    raise KeyError("x" * 2000)');
    assert.equal(status, 'error');
    assert.match(String(value), /^Error executing function f: KeyError: 'x+$/);
    assert.equal(String(value).length, 1000);
    assert.match(stderr, /^Traceback \(most recent call last\):\n {2}File "<tool>", line 2, in f\n {4}raise KeyError/);
  });

  it('gives the agent, its id and its memory to functions that take them, and changed memory back', async () => {
    const source = [
      'def f(agent_state: "AgentState", agent_id: str):',
      '    old = agent_state.memory.get_block("human").value',
      '    agent_state.memory.update_block_value(label="human", value="new")',
      '    return [old, agent_state.id, agent_state["name"], agent_id, client]',
    ].join('\n');
    const agentState = { id: 'agent-1', name: 'Ada', memory: { blocks: [{ label: 'human', value: 'old' }] } };
    const outcome = await run(source, { agentState }, { environment: { LETTA_AGENT_ID: 'agent-1' } });
    assert.deepEqual(outcome.value, ['old', 'agent-1', 'Ada', 'agent-1', null]);
    assert.deepEqual(outcome.agentState, { ...agentState, memory: { blocks: [{ label: 'human', value: 'new' }] } });
  });

  it('shows the environment of the run, its key, and nothing of the host', async () => {
    const source = 'import os\ndef f():\n    return dict(os.environ)';
    const { value } = await run(source, {}, { environment: { TOKEN: 'sesame' }, key: 'call-9' });
    const { PATH: _path, ...others } = value as Record<string, string>;
    assert.deepEqual(others, {
      HOME: '/tmp',
      TMPDIR: '/tmp',
      PWD: '/tmp',
      LANG: 'C.UTF-8',
      TOKEN: 'sesame',
      PERDURA_IDEMPOTENCY_KEY: 'call-9',
    });
  });

  it('runs a script to its end; its value is that of its last expression', async () => {
    const outcome = await sandbox.run(pythonCall('x = 20\nprint("here")\nx + 1', {}, { entry: { kind: 'script' } }), never);
    assert.deepEqual(outcome, { status: 'success', value: 21, stdout: 'here\n', stderr: '', agentState: null });
  });

  it('says that a tool took too long, with what it has printed', async () => {
    const { value, stdout } = await run('import time\ndef f():\n    print("begun")\n    time.sleep(60)', {}, { timeoutMs: 3000 });
    assert.equal(value, 'Error executing function f: TimeoutError: Executing f timed out after 3.0 seconds.');
    assert.equal(stdout, 'begun\n');
  });
});
