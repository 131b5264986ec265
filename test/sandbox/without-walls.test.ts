import assert from 'node:assert/strict';
import { loadSettings } from '../../src/config/settings.js';
import { health } from '../../src/api/routes/models/health.js';
import { newWord, withWord } from '../support/marked-processes.js';
import { sandboxWith } from '../support/tool-sandbox.js';

describe('PERDURA_TOOL_SANDBOX=none', () => {
  const environment = { PERDURA_TOOL_SANDBOX: 'none', PERDURA_TOOL_PYTHON: '/usr/bin/python3' };
  const { run, close } = sandboxWith(environment);
  after(close);

  it('runs Python as it would in the sandbox, with an environment of its own', async () => {
    const source =
      'import os\ndef f(a: int):\n    print(os.getcwd() == os.environ["HOME"])\n    return [a + 1, os.environ["TOKEN"], "SECRET_OF_THE_HOST" in os.environ]';
    process.env['SECRET_OF_THE_HOST'] = 'sesame';
    const { value, stdout } = await run(source, { args: { a: '1' } }, { environment: { TOKEN: 'own' } });
    delete process.env['SECRET_OF_THE_HOST'];
    assert.deepEqual([value, stdout], [[2, 'own', false], 'True\n']);
  });

  it('ends what the code has started, also what has made itself independent', async () => {
    const word = newWord();
    const source = [
      'import os, time',
      'def f(word: str):',
      '    if os.fork() == 0:',
      '        os.setsid()',
      '        if os.fork() == 0:',
      '            os.execvp("sleep", ["sleep", word])',
      '        os._exit(0)',
      '    time.sleep(100)',
    ].join('\n');
    assert.match(String((await run(source, { args: { word } }, { timeoutMs: 1000 })).value), /timed out/);
    assert.equal(await withWord(word), 0);
  });

  it('shows in the health of the server, and the sandbox does not', async () => {
    const vectorIndexes = { statuses: async () => Promise.resolve([]) };
    const told = async (settings: Record<string, string>): Promise<unknown> =>
      health({ version: '1', settings: loadSettings(settings), vectorStores: {}, vectorIndexes });
    assert.deepEqual(await told(environment), { version: '1', status: 'ok', tool_sandbox: 'none' });
    assert.deepEqual(await told({}), { version: '1', status: 'ok' });
  });
});
