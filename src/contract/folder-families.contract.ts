import { z } from 'zod';
import { passage } from './archival.contract.js';
import { createdAtOrder, nothing, paging, pathId, queryBoolean, queryInteger } from './fields.js';
import {
  contentFlag,
  createFolderBody,
  detailFlag,
  fileMetadata,
  folder,
  folderStats,
  source,
  updateFolderBody,
  uploadQuery,
} from './folders.contract.js';
import { defineRoute } from './route.js';

/** The names of one family's operations, and how it calls a folder in its paths. */
interface FamilyNames {
  readonly noun: 'folder' | 'source';
  readonly list: string;
  readonly create: string;
  readonly count: string;
  readonly stats: string;
  readonly byName: string;
  readonly retrieve: string;
  readonly modify: string;
  readonly delete: string;
  readonly agents: string;
  readonly files: string;
  readonly file: string;
  readonly passages: string;
  readonly upload: string;
  readonly deleteFile: string;
}

/** What a list can be asked; the older family cannot be asked all of it. */
export interface FolderListQuery {
  readonly before?: string | undefined;
  readonly after?: string | undefined;
  readonly limit?: number | undefined;
  readonly order?: 'asc' | 'desc' | undefined;
  readonly name?: string | undefined;
}

interface FamilyLists {
  readonly folders: z.ZodType<FolderListQuery>;
  readonly agents: z.ZodType<FolderListQuery>;
  readonly files: z.ZodType<FolderListQuery & { readonly include_content: boolean }>;
  readonly passages: z.ZodType<FolderListQuery>;
}

/** V1 has folders under two names; the routes of both are the same, but for what their lists can be asked. */
function family(names: FamilyNames, shape: z.ZodType, lists: FamilyLists) {
  return { ...collection(names, shape, lists), ...item(names, shape, lists), ...files(names, lists) };
}

/** What the routes of a family share. */
function common({ noun }: FamilyNames) {
  const tag = `${noun}s`;
  const path = `/v1/${tag}/`;
  return {
    tag,
    path,
    byId: `${path}{${noun}_id}`,
    params: z.object({ [`${noun}_id`]: pathId('source') }),
    fileParams: z.object({ [`${noun}_id`]: pathId('source'), file_id: pathId('file') }),
    get: { tag, method: 'get', body: nothing } as const,
  };
}

function collection(names: FamilyNames, shape: z.ZodType, lists: FamilyLists) {
  const { noun } = names;
  const { tag, path, get } = common(names);
  return {
    list: defineRoute({
      ...get,
      operationId: names.list,
      path,
      summary: `List ${tag}`,
      params: nothing,
      query: lists.folders,
      response: z.array(shape),
    }),
    create: defineRoute({
      tag,
      operationId: names.create,
      method: 'post',
      path,
      summary: `Create a ${noun}`,
      params: nothing,
      query: nothing,
      body: createFolderBody,
      response: shape,
    }),
    count: defineRoute({
      ...get,
      operationId: names.count,
      path: `${path}count`,
      summary: `Count ${tag}`,
      params: nothing,
      query: nothing,
      response: z.number(),
    }),
    stats: defineRoute({
      ...get,
      operationId: names.stats,
      path: `${path}metadata`,
      summary: `Count the files of all ${tag}, and add up their sizes`,
      params: nothing,
      query: detailFlag,
      response: folderStats,
    }),
    byName: defineRoute({
      ...get,
      operationId: names.byName,
      path: `${path}name/{${noun}_name}`,
      summary: `Find the id of a ${noun} by its name`,
      params: z.object({ [`${noun}_name`]: z.string() }),
      query: nothing,
      response: z.string(),
    }),
  };
}

function item(names: FamilyNames, shape: z.ZodType, lists: FamilyLists) {
  const { noun } = names;
  const { tag, byId: path, params, get } = common(names);
  return {
    retrieve: defineRoute({
      ...get,
      operationId: names.retrieve,
      path,
      summary: `Retrieve a ${noun}`,
      params,
      query: nothing,
      response: shape,
    }),
    modify: defineRoute({
      tag,
      operationId: names.modify,
      method: 'patch',
      path,
      summary: `Modify a ${noun}`,
      params,
      query: nothing,
      body: updateFolderBody,
      response: shape,
    }),
    delete: defineRoute({
      tag,
      operationId: names.delete,
      method: 'delete',
      path,
      summary: `Delete a ${noun} with its files`,
      params,
      query: nothing,
      body: nothing,
      response: z.null(),
    }),
    agents: defineRoute({
      ...get,
      operationId: names.agents,
      path: `${path}/agents`,
      summary: `List the ids of the agents that have a ${noun}`,
      params,
      query: lists.agents,
      response: z.array(z.string()),
    }),
  };
}

function files(names: FamilyNames, lists: FamilyLists) {
  const { noun } = names;
  const { tag, byId, params, fileParams, get } = common(names);
  return {
    files: defineRoute({
      ...get,
      operationId: names.files,
      path: `${byId}/files`,
      summary: `List the files of a ${noun}`,
      params,
      query: lists.files,
      response: z.array(fileMetadata),
    }),
    file: defineRoute({
      ...get,
      operationId: names.file,
      path: `${byId}/files/{file_id}`,
      summary: 'Retrieve a file',
      params: fileParams,
      query: z.object(contentFlag),
      response: fileMetadata,
    }),
    passages: defineRoute({
      ...get,
      operationId: names.passages,
      path: `${byId}/passages`,
      summary: `List the passages of a ${noun}'s files`,
      params,
      query: lists.passages,
      response: z.array(passage),
    }),
    upload: defineRoute({
      tag,
      operationId: names.upload,
      method: 'post',
      path: `${byId}/upload`,
      summary: `Upload a file into a ${noun}`,
      params,
      query: uploadQuery,
      body: nothing,
      uploads: true,
      response: fileMetadata,
    }),
    deleteFile: defineRoute({
      tag,
      operationId: names.deleteFile,
      method: 'delete',
      path: `${byId}/{file_id}`,
      summary: 'Delete a file; answers 204',
      params: fileParams,
      query: nothing,
      body: nothing,
      response: z.null(),
    }),
  };
}

const page = (limit: number) => z.object({ ...paging({ limit, order: 'desc' }), order_by: createdAtOrder });
const cursors = { after: z.string().optional(), before: z.string().optional() };

export const folderFamily = family(
  {
    noun: 'folder',
    list: 'list_folders',
    create: 'create_folder',
    count: 'count_folders',
    stats: 'retrieve_metadata',
    byName: 'get_folder_by_name',
    retrieve: 'retrieve_folder',
    modify: 'modify_folder',
    delete: 'delete_folder',
    agents: 'list_agents_for_folder',
    files: 'list_files_for_folder',
    file: 'retrieve_file',
    passages: 'list_folder_passages',
    upload: 'upload_file_to_folder',
    deleteFile: 'delete_file_from_folder',
  },
  folder,
  {
    folders: z.object({ ...paging({ limit: 50, order: 'asc' }), order_by: createdAtOrder, name: z.string().optional() }),
    agents: page(50),
    files: z.object({ ...paging({ limit: 1000, order: 'desc' }), order_by: createdAtOrder, ...contentFlag }),
    passages: page(100),
  },
);

/** Lists of the older family are in the order of creation, and have no parameter for another one. */
export const sourceFamily = family(
  {
    noun: 'source',
    list: 'list_sources',
    create: 'create_source',
    count: 'count_sources',
    stats: 'get_sources_metadata',
    byName: 'get_source_id_by_name',
    retrieve: 'retrieve_source',
    modify: 'modify_source',
    delete: 'delete_source',
    agents: 'get_agents_for_source',
    files: 'list_source_files',
    file: 'get_file_metadata',
    passages: 'list_source_passages',
    upload: 'upload_file_to_source',
    deleteFile: 'delete_file_from_source',
  },
  source,
  {
    folders: nothing,
    agents: nothing,
    files: z.object({
      after: z.string().optional(),
      limit: queryInteger(1).default(1000),
      ...contentFlag,
      check_status_updates: queryBoolean.default(true),
    }),
    passages: z.object({ ...cursors, limit: queryInteger(1).default(100) }),
  },
);

export type FolderFamily = typeof folderFamily;
