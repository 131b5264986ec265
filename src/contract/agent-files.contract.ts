import { z } from 'zod';
import { agentState } from './agents.contract.js';
import { createdAtOrder, instant, nothing, paging, pathId, queryBoolean } from './fields.js';
import { source } from './folders.contract.js';
import { defineRoute } from './route.js';

/** V1's AgentFileAttachment. */
const agentFile = z.object({
  id: z.string(),
  file_id: z.string(),
  file_name: z.string(),
  folder_id: z.string(),
  folder_name: z.string(),
  is_open: z.boolean(),
  last_accessed_at: instant.nullable(),
  visible_content: z.string().nullable(),
  start_line: z.number().nullable(),
  end_line: z.number().nullable(),
});

const tag = 'agents';
const byAgent = z.object({ agent_id: pathId('agent') });
const byFile = z.object({ agent_id: pathId('agent'), file_id: pathId('file') });
const listQuery = z.object({ ...paging({ limit: 100, order: 'desc' }), order_by: createdAtOrder });
const path = '/v1/agents/{agent_id}';

export const listFilesForAgent = defineRoute({
  operationId: 'list_files_for_agent',
  method: 'get',
  path: `${path}/files`,
  tag,
  summary: 'List the files of an agent, and which of them are open',
  params: byAgent,
  query: listQuery.extend({ cursor: z.string().optional(), is_open: queryBoolean.optional() }),
  body: nothing,
  response: z.object({ files: z.array(agentFile), next_cursor: z.string().nullable(), has_more: z.boolean() }),
});

export const openFileForAgent = defineRoute({
  operationId: 'open_file_for_agent',
  method: 'patch',
  path: `${path}/files/{file_id}/open`,
  tag,
  summary: 'Open a file of an agent; answers the names of those that were closed for it',
  params: byFile,
  query: nothing,
  body: z.unknown(),
  response: z.array(z.string()),
});

export const closeFileForAgent = defineRoute({
  operationId: 'close_file_for_agent',
  method: 'patch',
  path: `${path}/files/{file_id}/close`,
  tag,
  summary: 'Close a file of an agent',
  params: byFile,
  query: nothing,
  body: z.unknown(),
  response: z.object({ message: z.string() }),
});

export const closeAllFilesForAgent = defineRoute({
  operationId: 'close_all_files_for_agent',
  method: 'patch',
  path: `${path}/files/close-all`,
  tag,
  summary: 'Close all files of an agent; answers their names',
  params: byAgent,
  query: nothing,
  body: z.unknown(),
  response: z.array(z.string()),
});

function attachments(noun: 'folder' | 'source') {
  const params = z.object({ agent_id: pathId('agent'), [`${noun}_id`]: pathId('source') });
  const change = (verb: 'attach' | 'detach') =>
    defineRoute({
      operationId: `${verb}_${noun}_${verb === 'attach' ? 'to' : 'from'}_agent`,
      method: 'patch',
      path: `${path}/${noun}s/${verb}/{${noun}_id}`,
      tag,
      summary: `${verb === 'attach' ? 'Attach' : 'Detach'} a ${noun} ${verb === 'attach' ? 'to' : 'from'} an agent`,
      params,
      query: nothing,
      body: z.unknown(),
      response: noun === 'source' ? agentState : agentState.nullable(),
    });
  return {
    list: defineRoute({
      operationId: noun === 'folder' ? 'list_folders_for_agent' : 'list_agent_sources',
      method: 'get',
      path: `${path}/${noun}s`,
      tag,
      summary: `List the ${noun}s of an agent`,
      params: byAgent,
      query: listQuery,
      body: nothing,
      response: z.array(source),
    }),
    attach: change('attach'),
    detach: change('detach'),
  };
}

export const agentFolders = attachments('folder');
export const agentSources = attachments('source');
