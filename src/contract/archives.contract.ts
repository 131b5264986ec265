import { z } from 'zod';
import { agentState, inclusion } from './agents.contract.js';
import { passage, passageTime } from './archival.contract.js';
import { createdAtOrder, instant, jsonObject, nothing, paging, pathId } from './fields.js';
import { jobStatus } from './jobs.contract.js';
import { embeddingConfig, modelName } from './model-config.contract.js';
import { defineRoute } from './route.js';

/** V1's Archive. */
export const archive = z.object({
  id: z.string(),
  organization_id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  vector_db_provider: z.string(),
  embedding_config: jsonObject.nullable(),
  metadata: jsonObject.nullable(),
  created_by_id: z.string().nullable(),
  last_updated_by_id: z.string().nullable(),
  created_at: instant,
  updated_at: instant.nullable(),
  /** Of this server, beside V1: how far the change of the embedding model is. */
  reembed: z
    .object({ job_id: z.string(), status: jobStatus, total: z.number(), done: z.number(), error: z.string().nullable() })
    .optional(),
});

const tag = 'archives';
const path = '/v1/archives/';
const byArchive = z.object({ archive_id: pathId('archive') });

const newPassage = z.object({
  text: z.string().min(1),
  metadata: jsonObject.nullish(),
  tags: z.array(z.string()).nullish(),
  created_at: passageTime.nullish(),
});

/** Passages of one request. */
const largestBatch = 1000;

export const listArchives = defineRoute({
  operationId: 'list_archives',
  method: 'get',
  path,
  tag,
  summary: 'List archives',
  params: nothing,
  query: z.object({
    ...paging({ limit: 50, order: 'desc' }),
    order_by: createdAtOrder,
    name: z.string().optional(),
    agent_id: z.string().optional(),
  }),
  body: nothing,
  response: z.array(archive),
});

export const createArchive = defineRoute({
  operationId: 'create_archive',
  method: 'post',
  path,
  tag,
  summary: 'Create an archive',
  params: nothing,
  query: nothing,
  body: z.object({
    name: z.string().min(1),
    description: z.string().nullish(),
    embedding: modelName.nullish(),
    embedding_config: embeddingConfig.nullish(),
  }),
  response: archive,
});

export const retrieveArchive = defineRoute({
  operationId: 'retrieve_archive',
  method: 'get',
  path: `${path}{archive_id}`,
  tag,
  summary: 'Retrieve an archive',
  params: byArchive,
  query: nothing,
  body: nothing,
  response: archive,
});

export const modifyArchive = defineRoute({
  operationId: 'modify_archive',
  method: 'patch',
  path: `${path}{archive_id}`,
  tag,
  summary: 'Modify an archive; another embedding model makes its vectors anew in the background',
  params: byArchive,
  query: nothing,
  body: z.object({
    name: z.string().min(1).nullish(),
    description: z.string().nullish(),
    embedding: modelName.nullish(),
    embedding_config: embeddingConfig.nullish(),
  }),
  response: archive,
});

export const deleteArchive = defineRoute({
  operationId: 'delete_archive',
  method: 'delete',
  path: `${path}{archive_id}`,
  tag,
  summary: 'Delete an archive with its passages; answers 204',
  params: byArchive,
  query: nothing,
  body: nothing,
  response: z.null(),
});

export const listAgentsForArchive = defineRoute({
  operationId: 'list_agents_for_archive',
  method: 'get',
  path: `${path}{archive_id}/agents`,
  tag,
  summary: 'List the agents that have an archive',
  params: byArchive,
  query: z.object({ ...paging({ limit: 50, order: 'desc' }), ...inclusion }),
  body: nothing,
  response: z.array(agentState),
});

export const createPassageInArchive = defineRoute({
  operationId: 'create_passage_in_archive',
  method: 'post',
  path: `${path}{archive_id}/passages`,
  tag,
  summary: 'Insert a passage into an archive',
  params: byArchive,
  query: nothing,
  body: newPassage,
  response: passage,
});

export const createPassagesInArchive = defineRoute({
  operationId: 'create_passages_in_archive',
  method: 'post',
  path: `${path}{archive_id}/passages/batch`,
  tag,
  summary: 'Insert passages into an archive',
  params: byArchive,
  query: nothing,
  body: z.object({ passages: z.array(newPassage).max(largestBatch) }),
  response: z.array(passage),
});

export const deletePassageFromArchive = defineRoute({
  operationId: 'delete_passage_from_archive',
  method: 'delete',
  path: `${path}{archive_id}/passages/{passage_id}`,
  tag,
  summary: 'Delete a passage of an archive; answers 204',
  params: z.object({ archive_id: pathId('archive'), passage_id: pathId('passage') }),
  query: nothing,
  body: nothing,
  response: z.null(),
});

const byAgentAndArchive = z.object({ agent_id: pathId('agent'), archive_id: pathId('archive') });

export const attachArchive = defineRoute({
  operationId: 'attach_archive_to_agent',
  method: 'patch',
  path: '/v1/agents/{agent_id}/archives/attach/{archive_id}',
  tag,
  summary: 'Attach an archive to an agent',
  params: byAgentAndArchive,
  query: nothing,
  body: z.unknown(),
  response: z.null(),
});

export const detachArchive = defineRoute({
  operationId: 'detach_archive_from_agent',
  method: 'patch',
  path: '/v1/agents/{agent_id}/archives/detach/{archive_id}',
  tag,
  summary: 'Detach an archive from an agent',
  params: byAgentAndArchive,
  query: nothing,
  body: z.unknown(),
  response: z.null(),
});

export const searchPassages = defineRoute({
  operationId: 'search_passages',
  method: 'post',
  path: '/v1/passages/search',
  tag: 'passages',
  summary: 'Search the passages of an agent, of an archive, or of all archives',
  params: nothing,
  query: nothing,
  body: z.object({
    query: z.string().nullish(),
    agent_id: z.string().nullish(),
    archive_id: z.string().nullish(),
    tags: z.array(z.string()).nullish(),
    tag_match_mode: z.enum(['any', 'all']).default('any'),
    limit: z.number().int().min(1).max(100).default(50),
    start_date: z.string().nullish(),
    end_date: z.string().nullish(),
  }),
  response: z.array(z.object({ passage, score: z.number(), metadata: jsonObject })),
});
