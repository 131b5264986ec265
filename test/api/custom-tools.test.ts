import assert from 'node:assert/strict';
import { useStack } from '../support/stack-client.js';

const source = `
import os

def tell(city: str, agent_state: "AgentState", days: int = 2) -> dict:
    """
    Tell of a city.

    Args:
        city: The city.
        days: How many days.
    """
    print("telling of", city)
    agent_state.memory.update_block_value("human", "Lives in " + city)
    print(os.environ["API_KEY"])
    return {"city": city, "days": days, "key": os.environ["API_KEY"], "agent": os.environ["LETTA_AGENT_ID"] == agent_state.id,
            "environment": sorted(name for name in os.environ if name in ("API_KEY", "REGION", "LETTA_TOOL_ID", "PERDURA_IDEMPOTENCY_KEY", "DATABASE_URL"))}
`;

interface ToolReturn {
  readonly status: string;
  readonly tool_return: string;
  readonly stdout: readonly string[];
}

describe('a posted Python tool', function () {
  this.timeout(60_000);
  const { letta, newAgent, stack } = useStack();
  let agentId: string;

  before(async () => {
    await letta.tools.create({ source_code: source });
    agentId = await newAgent({ tools: ['tell'], include_base_tools: false, secrets: { API_KEY: 'sk-heron-4242' } });
  });

  it('is called by its agent in the sandbox, with its secrets, which nobody is shown, and changes its memory', async () => {
    stack.mock.script = ({ messages }) =>
      messages.at(-1)?.role === 'tool' ? { text: 'Told.' } : { toolCalls: [{ name: 'tell', args: { city: 'Oslo' } }] };
    const { messages } = await letta.agents.messages.create(agentId, { input: 'Tell me.' });
    const [told] = messages.flatMap(message => (message.message_type === 'tool_return_message' ? [message as unknown as ToolReturn] : []));
    assert.ok(told !== undefined);
    assert.equal(told.status, 'success', JSON.stringify(told));
    assert.deepEqual(JSON.parse(told.tool_return), {
      city: 'Oslo',
      days: 2,
      key: '[secret API_KEY]',
      agent: true,
      environment: ['API_KEY', 'LETTA_TOOL_ID', 'PERDURA_IDEMPOTENCY_KEY'],
    });
    assert.deepEqual(told.stdout, ['telling of Oslo\n[secret API_KEY]\n']);
    assert.ok(!JSON.stringify(stack.mock.seen).includes('sk-heron-4242'), 'the model is not told');
    assert.equal((await letta.agents.blocks.retrieve('human', { agent_id: agentId })).value, 'Lives in Oslo');
  });

  it('is run by a request as well, and its failure is told in V1s words', async () => {
    await letta.tools.create({
      source_code:
        'def fail(agent_id: str) -> str:\n    """\n    Fail.\n\n    Args:\n        agent_id: Whose.\n    """\n    raise ValueError("no heron: " + agent_id)\n',
    });
    const by = await newAgent({ tools: ['fail'], include_base_tools: false });
    const failed = await letta.agents.tools.run('fail', { agent_id: by, args: { agent_id: 'x' } });
    assert.equal(failed.status, 'error');
    assert.equal(failed.func_return, 'Error executing function fail: ValueError: no heron: x');
    assert.match(failed.stderr?.[0] ?? '', /Traceback.*ValueError: no heron/s);
  });
});

describe('a source that is no tool yet', () => {
  const { letta } = useStack();
  const run = (body: Record<string, unknown>) => letta.post<Record<string, unknown>>('/v1/tools/run', { body });

  it('is run once, with variables of the request that nobody is shown', async () => {
    const code =
      'import os\n\ndef add(a: int, b: int = 2) -> int:\n    """\n    Add.\n\n    Args:\n        a: One.\n        b: Other.\n    """\n    print(os.environ["MY_TOKEN"], "LETTA_TOOL_ID" in os.environ)\n    return a + b\n';
    const { date, ...told } = await run({ source_code: code, args: { a: 3 }, env_vars: { MY_TOKEN: 'tok-987654' } });
    assert.match(String(date), /^\d{4}-/);
    const shown = { tool_return: '5', status: 'success', tool_call_id: 'null', stdout: ['[secret MY_TOKEN] False\n'], stderr: [] };
    assert.deepEqual([told['id'], told['name'], told['tool_returns']], ['null', 'add', [{ type: 'tool', ...shown }]]);
    assert.equal(told['tool_return'], '5');
    assert.deepEqual((await letta.tools.list({ name: 'add' })).items, []);
  });

  it('is refused where it cannot be read', async () => {
    await assert.rejects(run({ source_code: 'x = 1', args: {} }), { status: 400, message: /No functions found/ });
    await assert.rejects(run({ source_code: 'x', args: {}, source_type: 'cobol' }), { status: 400, message: /Unknown tool source type/ });
  });
});

describe('secrets of an agent', () => {
  const { letta, newAgent, stack } = useStack();

  it('are shown to who asks for them, replaced as a whole, and sealed in the database', async () => {
    const agentId = await newAgent({ secrets: { FIRST: 'one', SECOND: 'two' } });
    const shown = async (): Promise<unknown> => {
      const { secrets } = await letta.agents.retrieve(agentId, { include: ['agent.secrets'] });
      return secrets?.map(secret => [secret.key, secret.value]);
    };
    assert.deepEqual(await shown(), [
      ['FIRST', 'one'],
      ['SECOND', 'two'],
    ]);
    assert.deepEqual((await letta.agents.retrieve(agentId)).secrets, []);
    await letta.agents.update(agentId, { secrets: { SECOND: 'new', THIRD: 'three' } });
    assert.deepEqual(await shown(), [
      ['SECOND', 'new'],
      ['THIRD', 'three'],
    ]);
    await letta.agents.update(agentId, { description: 'nothing of secrets' });
    assert.equal(((await shown()) as unknown[]).length, 2);
    const rows = await stack.backend.database.query<{ sealed_value: string }>(
      'select sealed_value from agent_variables where agent_id = $1',
      [agentId],
    );
    assert.ok(rows.length === 2 && rows.every(row => row.sealed_value.startsWith('sealed:1:')));
    await letta.agents.update(agentId, { secrets: {} });
    assert.deepEqual(await shown(), []);
    await assert.rejects(letta.agents.update(agentId, { secrets: { 'A=B': 'x' } }), {
      status: 422,
      message: /'A=B' is no name of a variable/,
    });
  });
});
