import { z } from 'zod';
import { agentState, inclusion } from './agents.contract.js';
import { block } from './blocks.contract.js';
import { createdAtOrder, key, nothing, paging, pathId } from './fields.js';
import { identity, identityProperty, identityTypes } from './identity.contract.js';
import { defineRoute } from './route.js';

const ids = {
  agent_ids: z.array(pathId('agent')).nullish(),
  block_ids: z.array(pathId('block')).nullish(),
};

const identityType = z.enum(identityTypes);
const properties = z.array(identityProperty);
const newIdentity = z.strictObject({
  identifier_key: key,
  name: z.string(),
  identity_type: identityType,
  project_id: key.nullish(),
  properties: properties.nullish(),
  ...ids,
});

export type NewIdentityBody = z.output<typeof newIdentity>;

const tag = 'identities';
const path = '/v1/identities/';
const byId = { path: '/v1/identities/{identity_id}', params: z.object({ identity_id: pathId('identity') }), tag };

export const listIdentities = defineRoute({
  operationId: 'list_identities',
  method: 'get',
  path,
  tag,
  summary: 'List identities',
  params: nothing,
  query: z.object({
    name: z.string().optional(),
    project_id: z.string().optional(),
    identifier_key: z.string().optional(),
    identity_type: identityType.optional(),
    ...paging({ limit: 50, order: 'desc' }),
    order_by: createdAtOrder,
  }),
  body: nothing,
  response: z.array(identity),
});

export const countIdentities = defineRoute({
  operationId: 'count_identities',
  method: 'get',
  path: '/v1/identities/count',
  tag,
  summary: 'Count identities',
  params: nothing,
  query: nothing,
  body: nothing,
  response: z.number(),
});

export const createIdentity = defineRoute({
  operationId: 'create_identity',
  method: 'post',
  path,
  tag,
  summary: 'Create an identity',
  params: nothing,
  query: nothing,
  body: newIdentity,
  response: identity,
});

export const upsertIdentity = defineRoute({
  operationId: 'upsert_identity',
  method: 'put',
  path,
  tag,
  summary: 'Create an identity, or change the one of this key',
  params: nothing,
  query: nothing,
  body: newIdentity,
  response: identity,
});

export const retrieveIdentity = defineRoute({
  ...byId,
  operationId: 'retrieve_identity',
  method: 'get',
  summary: 'Retrieve an identity',
  query: nothing,
  body: nothing,
  response: identity,
});

export const modifyIdentity = defineRoute({
  ...byId,
  operationId: 'update_identity',
  method: 'patch',
  summary: 'Change an identity, and add to it',
  query: nothing,
  body: z.strictObject({
    identifier_key: key.nullish(),
    name: z.string().nullish(),
    identity_type: identityType.nullish(),
    properties: properties.nullish(),
    ...ids,
  }),
  response: identity,
});

export const replaceIdentityProperties = defineRoute({
  ...byId,
  path: `${byId.path}/properties`,
  operationId: 'upsert_properties_for_identity',
  method: 'put',
  summary: "Replace an identity's properties",
  query: nothing,
  body: properties,
  response: z.null(),
});

export const deleteIdentity = defineRoute({
  ...byId,
  operationId: 'delete_identity',
  method: 'delete',
  summary: 'Delete an identity',
  query: nothing,
  body: nothing,
  response: z.null(),
});

export const listAgentsForIdentity = defineRoute({
  ...byId,
  path: `${byId.path}/agents`,
  operationId: 'list_agents_for_identity',
  method: 'get',
  summary: 'List the agents of an identity',
  query: z.object({ ...paging({ limit: 50, order: 'desc' }), include: inclusion.include, order_by: createdAtOrder }),
  body: nothing,
  response: z.array(agentState),
});

export const listBlocksForIdentity = defineRoute({
  ...byId,
  path: `${byId.path}/blocks`,
  operationId: 'list_blocks_for_identity',
  method: 'get',
  summary: 'List the blocks of an identity',
  query: z.object({ ...paging({ limit: 50, order: 'desc' }), order_by: createdAtOrder }),
  body: nothing,
  response: z.array(block),
});

const byAgent = { tag: 'agents', method: 'patch', query: nothing, body: z.unknown(), response: z.null() } as const;
const agentParams = z.object({ agent_id: pathId('agent'), identity_id: z.string() });

export const attachIdentityToAgent = defineRoute({
  ...byAgent,
  operationId: 'attach_identity_to_agent',
  path: '/v1/agents/{agent_id}/identities/attach/{identity_id}',
  params: agentParams,
  summary: 'Attach an identity to an agent',
});

export const detachIdentityFromAgent = defineRoute({
  ...byAgent,
  operationId: 'detach_identity_from_agent',
  path: '/v1/agents/{agent_id}/identities/detach/{identity_id}',
  params: agentParams,
  summary: 'Detach an identity from an agent',
});

const byBlock = { tag: 'blocks', method: 'patch', query: nothing, body: z.unknown(), response: block } as const;
const blockParams = z.object({ block_id: pathId('block'), identity_id: z.string() });

export const attachIdentityToBlock = defineRoute({
  ...byBlock,
  operationId: 'attach_identity_to_block',
  path: '/v1/blocks/{block_id}/identities/attach/{identity_id}',
  params: blockParams,
  summary: 'Attach an identity to a block',
});

export const detachIdentityFromBlock = defineRoute({
  ...byBlock,
  operationId: 'detach_identity_from_block',
  path: '/v1/blocks/{block_id}/identities/detach/{identity_id}',
  params: blockParams,
  summary: 'Detach an identity from a block',
});
