import { z } from 'zod';
import { block, blockVersionNumber } from './blocks.contract.js';
import { instant, nothing, pathId, queryInteger } from './fields.js';
import { defineRoute } from './route.js';

/** Of this server, beside V1, which keeps a history and shows it nowhere. */
export const blockVersion = z.object({
  block_id: z.string(),
  version: z.number(),
  label: z.string(),
  value: z.string(),
  limit: z.number(),
  description: z.string().nullable(),
  read_only: z.boolean(),
  action: z.enum(['create', 'edit', 'detach', 'undo', 'redo', 'rollback']),
  /** Of an undo or a redo: the version whose content it has. */
  restores: z.number().nullable(),
  author_type: z.enum(['user', 'agent', 'system']),
  author_id: z.string().nullable(),
  run_id: z.string().nullable(),
  step_id: z.string().nullable(),
  tool_call_id: z.string().nullable(),
  checkpoint: z.object({ name: z.string().nullable() }).nullable(),
  created_at: instant,
});

const tag = 'blocks';
const params = z.object({ block_id: pathId('block') });
const queryVersion = queryInteger(1).optional();

export const listBlockHistory = defineRoute({
  operationId: 'list_block_history',
  method: 'get',
  path: '/v1/blocks/{block_id}/history',
  tag,
  summary: 'List the versions of a block',
  params,
  query: z.object({
    /** Numbers of versions. */
    before: queryVersion,
    after: queryVersion,
    limit: queryInteger(1).default(50),
    order: z.enum(['asc', 'desc']).default('desc'),
  }),
  body: nothing,
  response: z.array(blockVersion),
});

export const diffBlock = defineRoute({
  operationId: 'diff_block_versions',
  method: 'get',
  path: '/v1/blocks/{block_id}/diff',
  tag,
  summary: 'Compare two versions of a block',
  params,
  /** The newest version, and the one before it, when left out. */
  query: z.object({ from: queryVersion, to: queryVersion }),
  body: nothing,
  response: z.object({
    block_id: z.string(),
    from: blockVersion,
    to: blockVersion,
    /** Members that differ. */
    changed: z.array(z.enum(['label', 'value', 'limit', 'description', 'read_only'])),
    /** Of the values, in the unified format; empty when they are the same. */
    diff: z.string(),
  }),
});

const moveBody = z.strictObject({
  /** checkpoint: as far as the nearest state that has one. */
  to: z.enum(['edit', 'checkpoint']).default('edit'),
  expected_version: blockVersionNumber.nullish(),
});

export const undoBlock = defineRoute({
  operationId: 'undo_block',
  method: 'post',
  path: '/v1/blocks/{block_id}/undo',
  tag,
  summary: 'Take the latest edit of a block back',
  params,
  query: nothing,
  body: moveBody,
  response: block,
});

export const redoBlock = defineRoute({
  operationId: 'redo_block',
  method: 'post',
  path: '/v1/blocks/{block_id}/redo',
  tag,
  summary: 'Make an edit again that was taken back',
  params,
  query: nothing,
  body: moveBody,
  response: block,
});

export const checkpointBlock = defineRoute({
  operationId: 'checkpoint_block',
  method: 'post',
  path: '/v1/blocks/{block_id}/checkpoint',
  tag,
  summary: 'Mark the newest version of a block, to be able to go back to it',
  params,
  query: nothing,
  body: z.strictObject({ name: z.string().min(1).max(256).nullish() }),
  response: z.object({
    block_id: z.string(),
    version: z.number(),
    name: z.string().nullable(),
    created_by_id: z.string().nullable(),
    created_at: instant,
  }),
});
