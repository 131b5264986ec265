import assert from 'node:assert/strict';
import { defaultOrganizationId } from '../../src/domain/ids.js';
import { textOf } from '../support/mock-openai.js';
import { isRunningWith, startsAndWaits } from '../support/process-search.js';
import { useStack } from '../support/stack-client.js';

describe('run_code, as an agent calls it', () => {
  const client = useStack();
  const { stack } = client;

  before(async () => {
    await stack.backend.database.query(
      `insert into tools (id, organization_id, name, tool_type, source_type, source_code, json_schema)
       values ('tool-00000000-0000-4000-8000-0000000000c0', $1, 'doubled', 'custom', 'python', $2, '{"name":"doubled"}')`,
      [defaultOrganizationId, 'def doubled(n: int) -> int:\n    return 2 * n'],
    );
  });
  after(() => stack.backend.database.query("delete from tools where name = 'doubled'"));

  const call = (args: object) => {
    stack.mock.script = ({ messages }) =>
      messages.at(-1)?.role === 'tool' ? { text: 'done' } : { toolCalls: [{ name: 'run_code', args: { ...args } }] };
  };

  /** What the tool has returned, as the model reads it. */
  const returned = async (args: object): Promise<{ readonly status: string; readonly message: string }> => {
    const agentId = await client.newAgent({ include_base_tools: false, tools: ['run_code', 'doubled'] });
    call(args);
    await client.letta.agents.messages.create(agentId, { input: 'go' });
    return JSON.parse(textOf(stack.mock.seen.at(-1)?.request.messages.at(-1))) as { status: string; message: string };
  };

  it('runs Python that finds the Python tools of the agent', async () => {
    const { status, message } = await returned({ code: 'print("so")\ndoubled(21)', language: 'python' });
    assert.equal(status, 'OK');
    assert.deepEqual(JSON.parse(message), { results: ['42'], logs: { stdout: ['so\n'], stderr: [] } });
  });

  it('runs TypeScript and JavaScript', async () => {
    const typed = await returned({ code: 'const all: number[] = [1, 2];\nall.map(n => n * 2)', language: 'ts' });
    assert.deepEqual(JSON.parse(typed.message), { results: ['[2,4]'], logs: { stdout: [], stderr: [] } });
    const failed = JSON.parse((await returned({ code: 'nothing.here', language: 'js' })).message) as Record<string, unknown>;
    assert.deepEqual(failed['error'], { name: 'ReferenceError', value: 'nothing is not defined' });
  });

  it('says of a language that no sandbox of the server runs which ones it may use, and of an unknown one which there are', async () => {
    assert.deepEqual(await returned({ code: '1 + 1', language: 'r' }).then(({ status, message }) => [status, message]), [
      'Failed',
      'No sandbox of this server runs r: use python, js or ts.',
    ]);
    assert.match(
      (await returned({ code: '1', language: 'cobol' })).message,
      /^Invalid language 'cobol': it has to be one of python, js, ts, r, java$/,
    );
  });

  it('is gone with all its processes when its run is cancelled', async () => {
    const mark = `mark_${Date.now()}`;
    const agentId = await client.newAgent({ include_base_tools: false, tools: ['run_code'] });
    call({ code: startsAndWaits(mark), language: 'python' });
    const run = await client.letta.agents.messages.createAsync(agentId, { input: 'go' });
    while (!isRunningWith(mark)) await new Promise(resolve => setTimeout(resolve, 20));
    await client.letta.agents.messages.cancel(agentId, { run_ids: [run.id] });
    await client.readRun(run.id);
    assert.equal((await client.letta.runs.retrieve(run.id)).status, 'cancelled');
    assert.equal(isRunningWith(mark), false);
  });
});
