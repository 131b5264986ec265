import { z } from 'zod';
import { jsonObject } from './fields.js';

export const identityTypes = ['org', 'user', 'other'] as const;

export const identityProperty = z.strictObject({
  key: z.string(),
  value: z.union([z.string(), z.number(), z.boolean(), jsonObject]),
  type: z.enum(['string', 'number', 'boolean', 'json']),
});

/** Apart from its operations, which answer with agents: an agent shows its identities. */
export const identity = z.object({
  id: z.string(),
  identifier_key: z.string(),
  name: z.string(),
  identity_type: z.enum(identityTypes),
  project_id: z.string().nullable(),
  agent_ids: z.array(z.string()),
  block_ids: z.array(z.string()),
  organization_id: z.string().nullable(),
  properties: z.array(identityProperty),
});
