import { z } from 'zod';
import { instant, jsonObject, nothing, pathId, queryBoolean, queryInteger, queryList } from './fields.js';
import { defineRoute } from './route.js';

export const passage = z.object({
  id: z.string(),
  text: z.string(),
  embedding: z.array(z.number()).nullable(),
  embedding_config: jsonObject.nullable(),
  archive_id: z.string().nullable(),
  organization_id: z.string().nullable(),
  source_id: z.string().nullable(),
  file_id: z.string().nullable(),
  file_name: z.string().nullable(),
  metadata: jsonObject.nullable(),
  tags: z.array(z.string()).nullable(),
  is_deleted: z.boolean(),
  created_at: instant.nullable(),
  updated_at: instant.nullable(),
  created_by_id: z.string().nullable(),
  last_updated_by_id: z.string().nullable(),
});

export const passageTime = z.iso.datetime({ offset: true, local: true });

const tag = 'archival memory';
const byAgent = z.object({ agent_id: pathId('agent') });
const path = '/v1/agents/{agent_id}/archival-memory';

export const listPassages = defineRoute({
  operationId: 'list_passages',
  method: 'get',
  path,
  tag,
  summary: "List an agent's passages",
  params: byAgent,
  query: z.object({
    after: z.string().optional(),
    before: z.string().optional(),
    limit: queryInteger(1).default(100),
    search: z.string().optional(),
    ascending: queryBoolean.default(true),
  }),
  body: nothing,
  response: z.array(passage),
});

export const createPassage = defineRoute({
  operationId: 'create_passage',
  method: 'post',
  path,
  tag,
  summary: "Insert a passage into an agent's archive",
  params: byAgent,
  query: nothing,
  body: z.object({
    text: z.string().min(1),
    tags: z.array(z.string()).nullish(),
    created_at: passageTime.nullish(),
  }),
  response: z.array(passage),
});

export const searchArchivalMemory = defineRoute({
  operationId: 'search_archival_memory',
  method: 'get',
  path: `${path}/search`,
  tag,
  summary: "Search an agent's archive by meaning and by words",
  params: byAgent,
  query: z.object({
    query: z.string(),
    tags: queryList.optional(),
    tag_match_mode: z.enum(['any', 'all']).default('any'),
    top_k: queryInteger(1).optional(),
    start_datetime: z.string().optional(),
    end_datetime: z.string().optional(),
  }),
  body: nothing,
  response: z.object({
    results: z.array(z.object({ id: z.string(), timestamp: z.string(), content: z.string(), tags: z.array(z.string()) })),
    count: z.number(),
  }),
});

export const deletePassage = defineRoute({
  operationId: 'delete_passage',
  method: 'delete',
  path: `${path}/{memory_id}`,
  tag,
  summary: "Delete a passage of an agent's archive",
  params: z.object({ agent_id: pathId('agent'), memory_id: pathId('passage') }),
  query: nothing,
  body: nothing,
  response: z.object({ message: z.string() }),
});
