import type { IdentityRecord } from '../../repositories/identity-record.js';

export function presentIdentity(identity: IdentityRecord) {
  return {
    id: identity.id,
    identifier_key: identity.identifierKey,
    name: identity.name,
    identity_type: identity.identityType,
    project_id: identity.projectId,
    agent_ids: identity.agentIds,
    block_ids: identity.blockIds,
    organization_id: identity.organizationId,
    properties: identity.properties,
  };
}
