import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { useStack } from '../support/stack-client.js';

interface Identity {
  readonly id: string;
  readonly identifier_key: string;
  readonly name: string;
  readonly properties: readonly { readonly key: string; readonly value: unknown }[];
  readonly agent_ids: readonly string[];
  readonly block_ids: readonly string[];
}

const unknown = (kind: string): string => `${kind}-00000000-0000-4000-8000-000000000001`;

describe('identities', () => {
  const client = useStack();
  const { stack } = client;

  const ask = async (method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly body: unknown }> => {
    const json = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(`${stack.url}/v1${path}`, { method, headers: { 'content-type': 'application/json' }, ...json });
    return { status: response.status, body: await response.json() };
  };
  const newIdentity = async (more: Readonly<Record<string, unknown>> = {}): Promise<Identity> => {
    const made = await ask('POST', '/identities/', { identifier_key: randomUUID(), name: 'Ada', identity_type: 'user', ...more });
    assert.equal(made.status, 200, JSON.stringify(made.body));
    return made.body as Identity;
  };
  const read = async (id: string): Promise<Identity> => (await ask('GET', `/identities/${id}`)).body as Identity;
  const newBlock = async (): Promise<string> => (await client.letta.blocks.create({ label: 'notes', value: 'v' })).id;
  const idsAt = async (path: string): Promise<readonly string[]> => ((await ask('GET', path)).body as { id: string }[]).map(row => row.id);
  const properties = [
    { key: 'plan', value: 'free', type: 'string' },
    { key: 'seats', value: 3, type: 'number' },
  ];

  it('are created with agents, blocks and properties, as V1 shows them, and read again', async () => {
    const [agentId, blockId] = [await client.newAgent(), await newBlock()];
    const key = randomUUID();
    const made = await newIdentity({ identifier_key: key, project_id: 'p', properties, agent_ids: [agentId], block_ids: [blockId] });
    assert.deepEqual(made, {
      id: made.id,
      identifier_key: key,
      name: 'Ada',
      identity_type: 'user',
      project_id: 'p',
      agent_ids: [agentId],
      block_ids: [blockId],
      organization_id: 'org-00000000-0000-4000-8000-000000000000',
      properties,
    });
    assert.deepEqual(await read(made.id), made);
    assert.deepEqual(await idsAt(`/identities/${made.id}/agents`), [agentId]);
    assert.deepEqual(await idsAt(`/identities/${made.id}/blocks`), [blockId]);
  });

  it('have keys that are unique within a project, none being one of its own', async () => {
    const { identifier_key } = await newIdentity();
    const again = { identifier_key, name: 'Bob', identity_type: 'other' };
    assert.equal((await ask('POST', '/identities/', again)).status, 409);
    assert.equal((await ask('POST', '/identities/', { ...again, project_id: 'p' })).status, 200);
    assert.equal((await ask('POST', '/identities/', { ...again, project_id: 'p' })).status, 409);
  });

  it('are added to by PATCH: nothing is taken away', async () => {
    const [first, second, block] = [await client.newAgent(), await client.newAgent(), await newBlock()];
    const { id } = await newIdentity({ agent_ids: [first], properties });
    const change = {
      agent_ids: [second],
      block_ids: [block],
      name: 'Bob',
      identifier_key: null,
      properties: [{ key: 'plan', value: true, type: 'boolean' }],
    };
    const changed = (await ask('PATCH', `/identities/${id}`, change)).body as Identity;
    assert.deepEqual(changed.agent_ids, [first, second]);
    assert.deepEqual(changed.block_ids, [block]);
    assert.equal(changed.name, 'Bob');
    assert.deepEqual(
      changed.properties.map(({ key, value }) => [key, value]),
      [
        ['seats', 3],
        ['plan', true],
      ],
    );
  });

  it('are made or replaced by PUT, whose agents and properties count as a whole and whose blocks do not count again', async () => {
    const [first, second, block] = [await client.newAgent(), await client.newAgent(), await newBlock()];
    const body = { identifier_key: randomUUID(), name: 'Ada', identity_type: 'user', agent_ids: [first], block_ids: [block], properties };
    const made = (await ask('PUT', '/identities/', body)).body as Identity;
    assert.deepEqual([made.agent_ids, made.block_ids], [[first], [block]]);
    const other = { ...body, name: 'Bob', agent_ids: [second], block_ids: [await newBlock()], properties: [properties[1]] };
    assert.deepEqual((await ask('PUT', '/identities/', other)).body, {
      ...made,
      name: 'Bob',
      agent_ids: [second],
      properties: [properties[1]],
    });
    const bare = { identifier_key: body.identifier_key, name: 'Carl', identity_type: 'user' };
    assert.deepEqual((await ask('PUT', '/identities/', bare)).body, {
      ...made,
      name: 'Carl',
      agent_ids: [second],
      properties: [properties[1]],
    });
    const made2 = await Promise.all(
      Array.from({ length: 6 }, () => ask('PUT', '/identities/', { ...bare, identifier_key: `${bare.identifier_key}-2` })),
    );
    assert.equal(new Set(made2.map(answer => (answer.body as Identity).id)).size, 1);
  });

  it('have their properties replaced as a whole by their own route', async () => {
    const { id } = await newIdentity({ properties });
    const value = { a: [1] };
    assert.equal((await ask('PUT', `/identities/${id}/properties`, [{ key: 'x', value, type: 'json' }])).status, 200);
    assert.deepEqual((await read(id)).properties, [{ key: 'x', value, type: 'json' }]);
  });

  it('are listed by every filter, page by page, and counted', async () => {
    const mark = randomUUID();
    const before = Number((await ask('GET', '/identities/count')).body);
    const made = [
      await newIdentity({ name: `${mark} One`, project_id: mark, identifier_key: `${mark}-1` }),
      await newIdentity({ name: `${mark} Two`, identity_type: 'org', identifier_key: `${mark}-2` }),
      await newIdentity({ name: `${mark} Three`, identifier_key: `${mark}-3` }),
    ].map(identity => identity.id);
    const [one = '', two = '', three = ''] = made;
    assert.equal((await ask('GET', '/identities/count')).body, before + 3);
    assert.deepEqual(await idsAt(`/identities/?name=${mark}`), [three, two, one]);
    assert.deepEqual(await idsAt(`/identities/?name=${mark}%20ONE`), [one]);
    assert.deepEqual(await idsAt(`/identities/?project_id=${mark}`), [one]);
    assert.deepEqual(await idsAt(`/identities/?identifier_key=${mark}-3`), [three]);
    assert.deepEqual(await idsAt(`/identities/?name=${mark}&identity_type=org`), [two]);
    assert.deepEqual(await idsAt(`/identities/?name=${mark}&order=asc&limit=1&after=${one}`), [two]);
    assert.equal((await ask('GET', `/identities/?after=${unknown('identity')}`)).status, 404);
  });

  it('are attached to agents and blocks and detached again, and lists are filtered by them', async () => {
    const [agentId, blockId] = [await client.newAgent(), await newBlock()];
    const { id, identifier_key } = await newIdentity();
    await client.letta.agents.identities.attach(id, { agent_id: agentId });
    assert.equal((await ask('PATCH', `/agents/${agentId}/identities/attach/${id}`)).status, 200);
    assert.equal(((await ask('PATCH', `/blocks/${blockId}/identities/attach/${id}`)).body as { id: string }).id, blockId);
    assert.deepEqual(await idsAt(`/agents/?identity_id=${id}`), [agentId]);
    assert.deepEqual(await idsAt(`/agents/?identifier_keys=${identifier_key}&identifier_keys=x`), [agentId]);
    assert.equal((await ask('GET', `/agents/count?identity_id=${id}`)).body, 1);
    assert.deepEqual(await idsAt(`/blocks/?identity_id=${id}`), [blockId]);
    assert.deepEqual(await idsAt(`/blocks/?identifier_keys=${identifier_key}`), [blockId]);
    assert.deepEqual(await idsAt('/blocks/?identifier_keys=nobody'), []);
    await client.letta.agents.identities.detach(id, { agent_id: agentId });
    await ask('PATCH', `/blocks/${blockId}/identities/detach/${id}`);
    assert.deepEqual([(await read(id)).agent_ids, (await read(id)).block_ids], [[], []]);
  });

  it('are given to an agent with its creation, replaced by its change, and shown with it when asked for', async () => {
    const [one, two] = [await newIdentity(), await newIdentity()];
    const id = await client.newAgent({ identity_ids: [one.id] });
    assert.deepEqual((await client.letta.agents.retrieve(id)).identity_ids, [one.id]);
    const changed = await client.letta.agents.update(id, { identity_ids: [two.id] });
    assert.deepEqual(changed.identities, [{ ...two, agent_ids: [id] }]);
    assert.deepEqual((await client.letta.agents.update(id, { name: 'Other' })).identity_ids, [two.id]);
    const listed = async (include: string) =>
      ((await ask('GET', `/agents/?identity_id=${two.id}${include}`)).body as { identity_ids: string[] }[])[0];
    assert.deepEqual((await listed(''))?.identity_ids, []);
    assert.deepEqual((await listed('&include=agent.identities'))?.identity_ids, [two.id]);
    assert.deepEqual((await client.letta.agents.update(id, { identity_ids: [] })).identity_ids, []);
  });

  it('leave agents and blocks when they are deleted, and go with them', async () => {
    const [agentId, blockId] = [await client.newAgent(), await newBlock()];
    const [gone, stays] = [await newIdentity({ agent_ids: [agentId] }), await newIdentity({ agent_ids: [agentId], block_ids: [blockId] })];
    assert.equal((await ask('DELETE', `/identities/${gone.id}`)).status, 200);
    assert.equal((await ask('GET', `/identities/${gone.id}`)).status, 404);
    assert.deepEqual((await client.letta.agents.retrieve(agentId)).identity_ids, [stays.id]);
    await client.letta.agents.delete(agentId);
    await client.letta.blocks.delete(blockId);
    assert.deepEqual([(await read(stays.id)).agent_ids, (await read(stays.id)).block_ids], [[], []]);
  });

  it('refuse what is wrong with its status, and change nothing', async () => {
    const before = (await ask('GET', '/identities/count')).body;
    const body = { identifier_key: randomUUID(), name: 'Ada', identity_type: 'user' };
    const agentId = await client.newAgent();
    const { id } = await newIdentity();
    const answers = await Promise.all([
      ask('POST', '/identities/', { ...body, identity_type: 'robot' }),
      ask('POST', '/identities/', { name: 'no key', identity_type: 'user' }),
      ask('POST', '/identities/', { ...body, more: 1 }),
      ask('POST', '/identities/', { ...body, properties: [{ key: 'x', value: [1], type: 'json' }] }),
      ask('POST', '/identities/', { ...body, agent_ids: [unknown('agent')] }),
      ask('POST', '/identities/', { ...body, block_ids: [unknown('block')] }),
      ask('PUT', '/identities/', { ...body, agent_ids: [unknown('agent')] }),
      ask('PATCH', `/identities/${id}`, { name: 'x', block_ids: [unknown('block')] }),
      ask('PATCH', `/identities/${unknown('identity')}`, { name: 'x' }),
      ask('PUT', `/identities/${unknown('identity')}/properties`, []),
      ask('DELETE', `/identities/${unknown('identity')}`),
      ask('GET', '/identities/nonsense'),
      ask('GET', `/identities/${unknown('identity')}/agents`),
      ask('PATCH', `/agents/${agentId}/identities/attach/${unknown('identity')}`),
      ask('PATCH', `/agents/${unknown('agent')}/identities/attach/${id}`),
      ask('PATCH', `/blocks/${unknown('block')}/identities/attach/${id}`),
      ask('POST', '/agents/', { model: 'openai/mock-model', identity_ids: [unknown('identity')] }),
      ask('PATCH', `/agents/${agentId}`, { name: 'Renamed', identity_ids: [unknown('identity')] }),
    ]);
    assert.deepEqual(
      answers.map(answer => answer.status),
      [422, 422, 422, 422, 404, 404, 404, 404, 404, 404, 404, 422, 404, 404, 404, 404, 404, 404],
    );
    assert.equal((await ask('GET', '/identities/count')).body, Number(before) + 1);
    assert.equal((await read(id)).name, 'Ada');
    assert.notEqual((await client.letta.agents.retrieve(agentId)).name, 'Renamed');
  });
});
