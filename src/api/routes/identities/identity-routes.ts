import { randomUUID } from 'node:crypto';
import {
  attachIdentityToAgent,
  attachIdentityToBlock,
  countIdentities,
  createIdentity,
  deleteIdentity,
  detachIdentityFromAgent,
  detachIdentityFromBlock,
  listAgentsForIdentity,
  listBlocksForIdentity,
  listIdentities,
  modifyIdentity,
  replaceIdentityProperties,
  retrieveIdentity,
  upsertIdentity,
} from '../../../contract/identities.contract.js';
import type { NewIdentityBody } from '../../../contract/identities.contract.js';
import { notFound } from '../../../domain/errors.js';
import type { AgentsRepository } from '../../../repositories/agents.repository.js';
import type { BlocksRepository } from '../../../repositories/blocks.repository.js';
import type { IdentitiesRepository } from '../../../repositories/identities.repository.js';
import type { IdentityProperty, IdentityRecord } from '../../../repositories/identity-record.js';
import { handleRoute } from '../../mount-route.js';
import type { MountedRoute, RequestContext } from '../../mount-route.js';
import { presentAgent } from '../../presenters/agent-state.js';
import { presentBlock } from '../../presenters/block.js';
import { presentIdentity } from '../../presenters/identity.js';
import { partsOf } from '../agents/agent-parts.js';
import { pageOf } from '../page.js';
import { requireAgent } from '../require-agent.js';

export interface IdentityRoutesDeps {
  readonly agents: AgentsRepository;
  readonly blocks: BlocksRepository;
  readonly identities: IdentitiesRepository;
}

export function identityRoutes(deps: IdentityRoutesDeps): MountedRoute[] {
  return [...identityOperations(deps), ...linkOperations(deps)];
}

function identityOperations({ identities }: IdentityRoutesDeps): MountedRoute[] {
  const save = async (body: NewIdentityBody, context: RequestContext, how: 'create' | 'upsert') => {
    await identities.requireTargets(context.organizationId, body.agent_ids ?? [], body.block_ids ?? []);
    const identity = await identities[how](toNewIdentity(body, context));
    if (identity === null) throw notFound('Identity', body.identifier_key);
    return presentIdentity(identity);
  };
  return [
    handleRoute(listIdentities, async ({ query }, { organizationId }) => {
      const { name, project_id: projectId, identifier_key: identifierKey, identity_type: identityType } = query;
      const filter = { organizationId, name, projectId, identifierKey, identityType };
      return (await identities.list(filter, pageOf(query))).map(presentIdentity);
    }),
    handleRoute(countIdentities, (_, { organizationId }) => identities.count(organizationId)),
    handleRoute(createIdentity, ({ body }, context) => save(body, context, 'create')),
    handleRoute(upsertIdentity, ({ body }, context) => save(body, context, 'upsert')),
    handleRoute(retrieveIdentity, async ({ params }, context) =>
      presentIdentity(await findIdentity(identities, params.identity_id, context)),
    ),
    handleRoute(modifyIdentity, async ({ params, body }, { organizationId, userId }) => {
      const [agentIds, blockIds] = [body.agent_ids ?? [], body.block_ids ?? []];
      await identities.requireTargets(organizationId, agentIds, blockIds);
      const identity = await identities.update({
        organizationId,
        userId,
        id: params.identity_id,
        identifierKey: body.identifier_key ?? null,
        name: body.name ?? null,
        identityType: body.identity_type ?? null,
        properties: lastOfEachKey(body.properties ?? []),
        agentIds,
        blockIds,
      });
      if (identity === null) throw notFound('Identity', params.identity_id);
      return presentIdentity(identity);
    }),
    handleRoute(replaceIdentityProperties, async ({ params, body }, context) => {
      if (!(await identities.replaceProperties(context, params.identity_id, lastOfEachKey(body))))
        throw notFound('Identity', params.identity_id);
      return null;
    }),
    handleRoute(deleteIdentity, async ({ params }, context) => {
      if (!(await identities.delete(context.organizationId, params.identity_id))) throw notFound('Identity', params.identity_id);
      return null;
    }),
  ];
}

function linkOperations({ agents, blocks, identities }: IdentityRoutesDeps): MountedRoute[] {
  const ofAgent = (route: typeof attachIdentityToAgent, change: 'attach' | 'detach') =>
    handleRoute(route, async ({ params }, context) => {
      await requireAgent(agents, params.agent_id, context);
      await findIdentity(identities, params.identity_id, context);
      await identities[change]('agent', params.identity_id, params.agent_id);
      return null;
    });
  const ofBlock = (route: typeof attachIdentityToBlock, change: 'attach' | 'detach') =>
    handleRoute(route, async ({ params }, context) => {
      const block = await blocks.find(context.organizationId, params.block_id);
      if (block === null) throw notFound('Block', params.block_id);
      await findIdentity(identities, params.identity_id, context);
      await identities[change]('block', params.identity_id, params.block_id);
      return presentBlock(block);
    });
  return [
    ofAgent(attachIdentityToAgent, 'attach'),
    ofAgent(detachIdentityFromAgent, 'detach'),
    ofBlock(attachIdentityToBlock, 'attach'),
    ofBlock(detachIdentityFromBlock, 'detach'),
    handleRoute(listAgentsForIdentity, async ({ params, query }, context) => {
      const { id: identityId, organizationId } = await findIdentity(identities, params.identity_id, context);
      return (await agents.list({ organizationId, identityId }, 'created_at', pageOf(query), partsOf(query))).map(presentAgent);
    }),
    handleRoute(listBlocksForIdentity, async ({ params, query }, context) => {
      const { id: identityId, organizationId } = await findIdentity(identities, params.identity_id, context);
      return (await blocks.list({ organizationId, identityId }, pageOf(query))).map(presentBlock);
    }),
  ];
}

async function findIdentity(identities: IdentitiesRepository, id: string, context: RequestContext): Promise<IdentityRecord> {
  const identity = await identities.find(context.organizationId, id);
  if (identity === null) throw notFound('Identity', id);
  return identity;
}

function toNewIdentity(body: NewIdentityBody, { organizationId, userId }: RequestContext) {
  return {
    id: `identity-${randomUUID()}`,
    organizationId,
    userId,
    identifierKey: body.identifier_key,
    name: body.name,
    identityType: body.identity_type,
    projectId: body.project_id ?? null,
    properties: body.properties == null ? null : lastOfEachKey(body.properties),
    agentIds: body.agent_ids ?? null,
    blockIds: body.block_ids ?? null,
  };
}

function lastOfEachKey(properties: readonly IdentityProperty[]): readonly IdentityProperty[] {
  return [...new Map(properties.map(property => [property.key, property])).values()];
}
