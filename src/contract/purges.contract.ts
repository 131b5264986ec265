import { z } from 'zod';
import { idPattern } from '../domain/ids.js';
import { nothing } from './fields.js';
import { job } from './jobs.contract.js';
import { defineRoute } from './route.js';

/** Of this server, beside V1. */
export const purgeIdentity = defineRoute({
  operationId: 'purge_identity',
  method: 'post',
  path: '/v1/admin/purges/',
  tag: 'admin',
  summary: 'Delete an identity with all data that are its own; a job, whose metadata report the counts',
  params: nothing,
  query: nothing,
  body: z.strictObject({ identity_id: z.string().regex(new RegExp(idPattern('identity'))) }),
  response: job,
});
