import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageFile } from '../../src/config/version.js';
import { agentClient } from '../support/agent-client.js';
import type { AgentClient } from '../support/agent-client.js';
import { textOf } from '../support/mock-openai.js';
import { npmPackages } from '../support/npm-packages.js';
import { sharedStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

const run = promisify(execFile);

/** Its package depends on what its bundle holds already, except for one. */
const cli = { name: 'letta-code-0.32.18', install: ['ws@8.21.1'], unpack: '@letta-ai/letta-code@0.32.18' };

describe('the CLI @letta-ai/letta-code', function () {
  this.timeout(300_000);
  let stack: Stack;
  let client: AgentClient;
  let program: string;
  const home = mkdtempSync(join(tmpdir(), 'perdura-letta-code-'));

  before(async () => {
    const [shared, folder] = await Promise.all([sharedStack(), npmPackages(cli)]);
    stack = shared;
    client = agentClient(stack.url);
    program = join(folder, 'package', 'letta.js');
  });
  after(() => rmSync(home, { recursive: true, force: true, maxRetries: 5 }));

  function environment(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      HOME: home,
      LETTA_BASE_URL: stack.url,
      LETTA_API_KEY: 'none',
      DISABLE_AUTOUPDATER: '1',
      TERM: 'xterm-256color',
    };
  }

  it('sends a prompt, runs the tool that the agent asks for on its own machine, and prints the answer', async () => {
    const agentId = await client.newAgent({ include_base_tools: false });
    stack.mock.script = ({ messages }) =>
      messages.at(-1)?.role === 'tool'
        ? { text: `The shell said ${/heron-\d+/.exec(textOf(messages.at(-1)))?.[0] ?? 'nothing'}.` }
        : { toolCalls: [{ name: 'exec_command', args: { cmd: 'echo heron-$((40 + 2))', description: 'Ask' } }] };
    const args = [program, '--agent', agentId, '--yolo', '--output-format', 'json', '-p', 'Ask the shell.'];
    const { stdout, stderr } = await run(process.execPath, args, { cwd: home, env: environment(), timeout: 120_000 });
    const result = JSON.parse(stdout) as { result: string; is_error: boolean; conversation_id: string; usage: { step_count: number } };
    assert.equal(result.result, 'The shell said heron-42.', stderr);
    assert.equal(result.is_error, false);
    const kept = await client.letta.conversations.messages.list(result.conversation_id, { order: 'asc' });
    assert.deepEqual(
      kept.items.map(message => message.message_type).filter(type => type !== 'system_message' && type !== 'user_message'),
      ['approval_request_message', 'approval_response_message', 'tool_return_message', 'assistant_message'],
    );
  });

  it('makes an agent of its own where none is named, and goes on with it the next time', async () => {
    const newHome = mkdtempSync(join(home, 'new-'));
    const ask = async (prompt: string) => {
      const args = [program, '--yolo', '--output-format', 'json', '-p', prompt];
      const { stdout } = await run(process.execPath, args, { cwd: newHome, env: { ...environment(), HOME: newHome }, timeout: 120_000 });
      return JSON.parse(stdout) as { result: string; agent_id: string };
    };
    stack.mock.script = ({ messages }) => ({ text: `You said: ${textOf(messages.at(-1)).includes('heron') ? 'heron' : 'something'}.` });
    const first = await ask('Think of a heron.');
    assert.equal(first.result, 'You said: heron.');
    const agent = await client.letta.agents.retrieve(first.agent_id, { include: ['agent.tools'] });
    assert.deepEqual(agent.tools.map(tool => tool.name).sort(), ['fetch_webpage', 'web_search']);
    const second = await ask('And now of nothing.');
    assert.deepEqual([second.result, second.agent_id], ['You said: something.', first.agent_id]);
  });

  it('talks in a terminal', async () => {
    const agentId = await client.newAgent({ include_base_tools: false });
    stack.mock.script = ({ messages }) => ({ text: textOf(messages.at(-1)).includes('How is the weather?') ? 'Sunny in Perdura.' : 'Hm.' });
    const terminal = spawn(
      'python3',
      [packageFile('test/clients/in-terminal.py'), process.execPath, program, '--agent', agentId, '--new'],
      {
        cwd: home,
        env: environment(),
      },
    );
    try {
      const shows = screenOf(terminal);
      await shows(/› Try/);
      terminal.stdin.write('How is the weather?');
      await shows(/How is the weather\?/);
      terminal.stdin.write('\r');
      await shows(/Sunny in Perdura\./);
    } finally {
      terminal.kill('SIGTERM');
    }
  });
});

/** Waits until the terminal has shown something. */
function screenOf(terminal: ChildProcessWithoutNullStreams): (pattern: RegExp) => Promise<void> {
  let text = '';
  terminal.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  terminal.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return async pattern => {
    const deadline = Date.now() + 60_000;
    // eslint-disable-next-line no-control-regex -- what a terminal is told beside text
    const plain = (): string => text.replaceAll(/\u001b\[[\d;?]*[A-Za-z]/g, '');
    while (!pattern.test(plain())) {
      if (Date.now() > deadline) throw new Error(`The terminal does not show ${String(pattern)}: ${plain().slice(-3000)}`);
      await new Promise(resolve => setTimeout(resolve, 100));
    }
  };
}
