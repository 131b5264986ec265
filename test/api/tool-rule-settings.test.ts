import assert from 'node:assert/strict';
import { defaultOrganizationId } from '../../src/domain/ids.js';
import { useStack } from '../support/stack-client.js';

const guarded = 'tool-00000000-0000-4000-8000-0000000000fe';
const approval = { type: 'requires_approval', tool_name: 'guarded_tool', prompt_template: null };

const everyKind = [
  { type: 'run_first', tool_name: 'a', args: { x: { y: [1] } } },
  { type: 'exit_loop', tool_name: 'b' },
  { type: 'continue_loop', tool_name: 'c' },
  { type: 'constrain_child_tools', tool_name: 'd', children: ['e', 'f'], child_arg_nodes: [{ name: 'e', args: { z: 1 } }] },
  { type: 'conditional', tool_name: 'g', child_output_mapping: { yes: 'e' }, default_child: 'f', require_output_mapping: true },
  { type: 'parent_last_tool', tool_name: 'h', children: ['e'] },
  { type: 'max_count_per_step', tool_name: 'i', max_count_limit: 3 },
  { type: 'required_before_exit', tool_name: 'j' },
  { type: 'requires_approval', tool_name: 'k' },
];

describe('tool rules of an agent over HTTP', () => {
  const sdk = useStack();
  const { stack, letta: client } = sdk;

  before(async () => {
    await stack.backend.database.query(
      `insert into tools (id, organization_id, name, tool_type, json_schema, default_requires_approval)
       values ($1, $2, 'guarded_tool', 'custom', '{"name": "guarded_tool"}', true) on conflict do nothing`,
      [guarded, defaultOrganizationId],
    );
  });

  /** With these rules and no default ones. */
  const newAgent = (more: Readonly<Record<string, unknown>> = {}) => sdk.newAgent({ include_base_tool_rules: false, ...more });
  const rulesOf = async (agentId: string) => (await client.agents.retrieve(agentId)).tool_rules;
  const request = async (method: string, path: string, body: unknown): Promise<{ status: number; text: string }> => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${stack.url}${path}`, { method, headers, body: JSON.stringify(body) });
    return { status: response.status, text: await response.text() };
  };

  it('are kept and shown with all members of their kind', async () => {
    const shown = everyKind.map(rule => ({ ...rule, prompt_template: null }));
    const agentId = await newAgent({ tool_rules: everyKind });
    assert.deepEqual(await rulesOf(agentId), shown);
    const updated = await client.agents.update(agentId, { tool_rules: [] });
    assert.deepEqual(updated.tool_rules, []);
    const again = await client.agents.update(agentId, { tool_rules: shown as never });
    assert.deepEqual(again.tool_rules, shown);
    await client.agents.update(agentId, { name: 'Other' });
    assert.deepEqual(await rulesOf(agentId), shown, 'a change of something else leaves them');
  });

  it('are shown with what was left out', async () => {
    const agentId = await newAgent({
      tool_rules: [
        { type: 'run_first', tool_name: 'a' },
        { type: 'constrain_child_tools', tool_name: 'd', children: ['e'] },
        { type: 'conditional', tool_name: 'g', child_output_mapping: { yes: 'e' } },
      ],
    });
    assert.deepEqual(await rulesOf(agentId), [
      { type: 'run_first', tool_name: 'a', prompt_template: null, args: null },
      { type: 'constrain_child_tools', tool_name: 'd', prompt_template: null, children: ['e'], child_arg_nodes: null },
      {
        type: 'conditional',
        tool_name: 'g',
        prompt_template: null,
        child_output_mapping: { yes: 'e' },
        default_child: null,
        require_output_mapping: false,
      },
    ]);
  });

  it('are kept once, whatever their prompt templates say', async () => {
    const first = { type: 'exit_loop', tool_name: 'a', prompt_template: 'bye' };
    const agentId = await newAgent({ tool_rules: [first, { type: 'exit_loop', tool_name: 'a' }] });
    assert.deepEqual(await rulesOf(agentId), [first]);
  });

  it('are refused precisely when they make no sense, and nothing changes', async () => {
    const agentId = await newAgent({ tool_rules: [{ type: 'exit_loop', tool_name: 'kept' }] });
    const refused: readonly (readonly [rule: unknown, message: RegExp])[] = [
      [
        { type: 'constrain_child_tools', tool_name: 'a', children: ['b'], child_arg_nodes: [{ name: 'c' }] },
        /child_arg_nodes names c.*\[b\]/,
      ],
      [{ type: 'constrain_child_tools', tool_name: 'a', children: [] }, /children must name at least one tool/],
      [{ type: 'constrain_child_tools', tool_name: 'a' }, /children/],
      [{ type: 'parent_last_tool', tool_name: 'a', children: [] }, /children must name at least one tool/],
      [{ type: 'conditional', tool_name: 'a', child_output_mapping: {} }, /child_output_mapping must name at least one child tool/],
      [{ type: 'max_count_per_step', tool_name: 'a', max_count_limit: 0 }, /max_count_limit must be greater than 0/],
      [{ type: 'max_count_per_step', tool_name: 'a', max_count_limit: 1.5 }, /max_count_limit/],
      [{ type: 'exit_loop' }, /tool_name/],
      [{ type: 'exit_loop', tool_name: 'a', children: ['b'] }, /children/],
      [{ type: 'no_such_rule', tool_name: 'a' }, /type/],
    ];
    for (const [rule, message] of refused) {
      const create = await request('POST', '/v1/agents/', { model: 'perdura/demo', tool_rules: [rule] });
      const update = await request('PATCH', `/v1/agents/${agentId}`, { tool_rules: [rule] });
      for (const { status, text } of [create, update]) {
        assert.equal(status, 422, JSON.stringify(rule));
        assert.match(text, message);
      }
    }
    assert.deepEqual(await rulesOf(agentId), [{ type: 'exit_loop', tool_name: 'kept', prompt_template: null }]);
  });

  it('hold an approval for each tool that needs one by default, however it is attached', async () => {
    assert.deepEqual(await rulesOf(await newAgent({ tools: ['guarded_tool'] })), [approval]);
    const spoken = { ...approval, prompt_template: 'ask first' };
    assert.deepEqual(await rulesOf(await newAgent({ tool_ids: [guarded], tool_rules: [spoken] })), [spoken]);
    const attached = await newAgent();
    await client.agents.tools.attach(guarded, { agent_id: attached });
    assert.deepEqual(await rulesOf(attached), [approval]);
    const updated = await newAgent({ tool_rules: [{ type: 'exit_loop', tool_name: 'a' }] });
    await client.agents.update(updated, { tool_ids: [guarded] });
    assert.deepEqual(await rulesOf(updated), [{ type: 'exit_loop', tool_name: 'a', prompt_template: null }, approval]);
    await client.agents.update(updated, { tool_ids: [guarded], tool_rules: [] });
    assert.deepEqual(await rulesOf(updated), [], 'a tool that was there before brings nothing');
    await client.agents.tools.attach(guarded, { agent_id: updated });
    assert.deepEqual(await rulesOf(updated), []);
  });

  it('get and lose an approval by its own operation', async () => {
    const agentId = await newAgent({ tools: ['test_tool'], tool_rules: [{ type: 'exit_loop', tool_name: 'test_tool' }] });
    const path = `/v1/agents/${agentId}/tools/approval/test_tool`;
    const exit = { type: 'exit_loop', tool_name: 'test_tool', prompt_template: null };
    const rule = { type: 'requires_approval', tool_name: 'test_tool', prompt_template: null };
    for (let times = 0; times < 2; times += 1) {
      assert.equal((await request('PATCH', path, { requires_approval: true })).status, 200);
      assert.deepEqual(await rulesOf(agentId), [exit, rule]);
    }
    const off = await client.agents.tools.updateApproval('test_tool', { agent_id: agentId, body_requires_approval: false });
    assert.deepEqual(off?.tool_rules, [exit]);
    assert.equal((await fetch(`${stack.url}${path}?requires_approval=true`, { method: 'PATCH' })).status, 200);
    assert.deepEqual(await rulesOf(agentId), [exit, rule]);
    assert.equal((await request('PATCH', path, {})).status, 400);
    assert.equal((await request('PATCH', path, { requires_approval: 'maybe' })).status, 422);
    const missing = await request('PATCH', `/v1/agents/${agentId}/tools/approval/no_such_tool`, { requires_approval: true });
    assert.equal(missing.status, 404);
    assert.match(missing.text, /no_such_tool is not attached/);
    const unknown = 'agent-00000000-0000-4000-8000-000000000001';
    assert.equal((await request('PATCH', `/v1/agents/${unknown}/tools/approval/test_tool`, { requires_approval: true })).status, 404);
    assert.deepEqual(await rulesOf(agentId), [exit, rule]);
  });
});
