import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { Cluster } from '../../support/cluster.js';
import { textOf } from '../../support/mock-openai.js';
import { sharedCluster } from '../../support/shared-cluster.js';

describe('many runs', function () {
  this.timeout(180_000);
  let cluster: Cluster;

  before(async () => {
    cluster = await sharedCluster({ PERDURA_STEP_ISOLATION: 'inline' });
  });

  it('loses none and doubles none of 200 runs on 50 agents, though the worker is killed in the middle', async () => {
    cluster.mock.script = request => ({ text: `echo ${textOf(request.messages.findLast(message => message.role === 'user'))}` });
    const post = async (path: string, body: unknown): Promise<{ id: string }> => {
      const response = await fetch(`${cluster.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      assert.equal(response.status, 200);
      return (await response.json()) as { id: string };
    };
    const agents: string[] = [];
    for (let index = 0; index < 50; index += 1)
      agents.push((await post('/v1/agents/', { model: 'openai/mock-model', include_base_tools: false })).id);
    const words = agents.flatMap(agentId => [1, 2, 3, 4].map(() => ({ agentId, word: randomUUID() })));
    await Promise.all(words.slice(0, 100).map(({ agentId, word }) => post(`/v1/agents/${agentId}/messages/async`, { input: word })));
    cluster.kill('worker');
    await Promise.all(words.slice(100).map(({ agentId, word }) => post(`/v1/agents/${agentId}/messages/async`, { input: word })));
    await cluster.start('worker');

    const client = new pg.Client({ connectionString: await cluster.databaseUrl() });
    await client.connect();
    const open = async (): Promise<number> =>
      Number(
        (
          await client.query<{ n: string }>(
            "select count(*) as n from runs where status in ('created', 'running') and agent_id = any($1)",
            [agents],
          )
        ).rows[0]?.n,
      );
    for (let waited = 0; waited < 120 && (await open()) > 0; waited += 1) await new Promise(resolve => setTimeout(resolve, 1000));
    const { rows: statuses } = await client.query<{ status: string; n: number }>(
      'select status, count(*)::int as n from runs where agent_id = any($1) group by status',
      [agents],
    );
    assert.deepEqual(statuses, [{ status: 'completed', n: 200 }]);
    const { rows } = await client.query<{ agent_id: string; role: string; search_text: string }>(
      "select agent_id, role, search_text from messages where role in ('user', 'assistant') and agent_id = any($1) order by agent_id, sequence_id",
      [agents],
    );
    await client.end();
    assert.equal(rows.length, 400);
    for (let index = 0; index < rows.length; index += 2) {
      const [said, answered] = [rows[index], rows[index + 1]];
      assert.equal(said?.role, 'user');
      assert.equal(answered?.search_text, `echo ${said?.search_text ?? ''}`);
      assert.equal(answered?.agent_id, said?.agent_id);
    }
    assert.deepEqual(new Set(rows.filter(row => row.role === 'user').map(row => row.search_text)), new Set(words.map(({ word }) => word)));
  });
});
