import { fileLimits } from '../domain/files/file-limits.js';
import type { FileLimits } from '../domain/files/file-limits.js';
import { wholeFile } from '../domain/files/file-view.js';
import type { LineRange } from '../domain/files/file-view.js';
import { planArrival, planOpening } from '../domain/files/plan-open-files.js';
import type { OpenPlan } from '../domain/files/plan-open-files.js';
import type { Database, TransactionalDatabase } from './database.js';
import { deriveId } from './derived-ids.js';
import { readView } from './file-contents.repository.js';
import type { ReadableFile } from './file-contents.repository.js';
import { lockConversationsOf, markAgentsStale } from './lock-agents.js';
import { requireCursors } from './page-cursors.js';
import { createConditions, keyset } from './sql-conditions.js';
import type { KeysetPage } from './sql-conditions.js';

/** A file as one agent has it. */
export interface AgentFileRecord extends ReadableFile, LineRange {
  readonly id: string;
  readonly folderId: string;
  readonly folderName: string;
  readonly isOpen: boolean;
  readonly view: string | null;
  readonly lastAccessedAt: string;
}

/** The files of an agent while its rows are locked. */
export interface LockedFiles {
  readonly limits: FileLimits;
  readonly files: readonly AgentFileRecord[];
}

export interface Opening {
  readonly fileId: string;
  readonly range: LineRange;
}

/** Of `files_agents` under the alias `fa` with its file `f` and its folder `s`. */
const columns = `fa.id, fa.file_id as "fileId", fa.file_name as "fileName", fa.source_id as "folderId", s.name as "folderName", fa.is_open as "isOpen",
  fa.visible_content as view, fa.start_line as start, fa.end_line as end, fa.last_accessed_at::text as "lastAccessedAt", f.file_type as "fileType",
  f.line_count as "lineCount", f.char_count as "charCount"`;
const from = 'files_agents fa join files f on f.id = fa.file_id join sources s on s.id = fa.source_id';

export function createAgentFilesRepository(database: TransactionalDatabase) {
  return {
    async list(agentId: string, isOpen: boolean | null, page: KeysetPage): Promise<AgentFileRecord[]> {
      await requireCursors(database, { name: 'files_agents', noun: 'File' }, { agent_id: agentId }, page);
      const conditions = createConditions();
      conditions.add('fa.agent_id = $?', agentId);
      conditions.addIf(isOpen, 'fa.is_open = $?');
      const tail = keyset(conditions, page, { name: 'files_agents', alias: 'fa', column: 'created_at' });
      return database.query<AgentFileRecord>(`select ${columns} from ${from} ${tail}`, conditions.parameters);
    },

    /** All files of an agent in the order of their names. */
    all: (agentId: string): Promise<AgentFileRecord[]> => readAll(database, agentId),

    /**
     * What an agent's files are to become, decided while nobody else changes them: `decide` says which are opened and which are closed all the same. The names of
     * those that had to give way, in that order.
     */
    change: <Decision extends { readonly open: readonly Opening[]; readonly close: readonly string[] }>(
      agentId: string,
      decide: (locked: LockedFiles) => Decision,
    ): Promise<{ readonly decision: Decision; readonly evicted: readonly string[] }> =>
      database.transaction(async transaction => {
        await lockConversationsOf(transaction, [agentId]);
        const locked = { limits: await limitsOf(transaction, agentId), files: await readAll(transaction, agentId) };
        const decision = decide(locked);
        const closed = new Set(decision.close);
        const kept = locked.files.map(file => ({ ...toKept(file), isOpen: file.isOpen && !closed.has(file.fileId) }));
        const plan = planOpening(
          kept,
          decision.open.map(({ fileId }) => fileId),
          locked.limits.mostOpen,
        );
        const nameOf = new Map(locked.files.map(file => [file.fileId, file.fileName]));
        await carryOut(transaction, agentId, locked, { open: plan.open, close: [...decision.close, ...plan.close] }, decision.open);
        return { decision, evicted: plan.close.flatMap(id => nameOf.get(id) ?? []) };
      }),

    /** The agent's limits have changed: what is open is shown as far as these allow, and what was used longest ago is closed. */
    async reopen(agentId: string): Promise<void> {
      const open = await database.query('select from files_agents where agent_id = $1 and is_open limit 1', [agentId]);
      if (open.length === 0) return;
      await database.transaction(async transaction => {
        await lockConversationsOf(transaction, [agentId]);
        const locked = { limits: await limitsOf(transaction, agentId), files: await readAll(transaction, agentId) };
        const inUse = locked.files
          .filter(file => file.isOpen)
          .toSorted((a, b) => Date.parse(a.lastAccessedAt) - Date.parse(b.lastAccessedAt));
        const plan = planOpening(
          [],
          inUse.map(({ fileId }) => fileId),
          locked.limits.mostOpen,
        );
        await carryOut(
          transaction,
          agentId,
          locked,
          plan,
          inUse.map(({ fileId, start, end }) => ({ fileId, range: { start, end } })),
        );
      });
    },

    /** Files that a search has found were used now: they are the last to give way. */
    async touch(agentId: string, fileIds: readonly string[]): Promise<void> {
      if (fileIds.length === 0) return;
      await database.query(
        `update files_agents set last_accessed_at = now() where id in (
           select id from files_agents where agent_id = $1 and file_id = any($2) order by id for no key update)`,
        [agentId, fileIds],
      );
    },

    /** A file that has just been read comes to all agents that have its folder, and is opened. Once: an agent that has it keeps it as it is. */
    async attachRead(fileId: string): Promise<void> {
      const agents = await database.transaction(async transaction => {
        // Whoever attaches the folder right now holds its row: either the file is seen there, or the agent here.
        await transaction.query('select from sources s join files f on f.source_id = s.id where f.id = $1 for no key update of s', [
          fileId,
        ]);
        return transaction.query<{ agentId: string }>(withoutFileSql, [fileId]);
      });
      for (const { agentId } of agents) {
        await database.transaction(async transaction => {
          await lockConversationsOf(transaction, [agentId]);
          await addFiles(transaction, agentId, [fileId]);
        });
      }
    },
  };
}

export type AgentFilesRepository = ReturnType<typeof createAgentFilesRepository>;

/** The agents that have the folder of a file, but not the file. */
const withoutFileSql = `
select sa.agent_id as "agentId" from sources_agents sa join files f on f.source_id = sa.source_id
 where f.id = $1 and f.deleted_at is null and f.line_count is not null
   and not exists (select from files_agents fa where fa.agent_id = sa.agent_id and fa.file_id = f.id) order by sa.agent_id`;

/** Gives an agent, whose conversations are locked, files that it has not: the first of them open, as far as there is room. */
export async function addFiles(transaction: Database, agentId: string, fileIds: readonly string[]): Promise<void> {
  if (fileIds.length === 0) return;
  const limits = await limitsOf(transaction, agentId);
  const before = await readAll(transaction, agentId);
  await transaction.query(insertSql, [agentId, fileIds, fileIds.map(fileId => deriveId('file_agent', agentId, fileId))]);
  const files = await readAll(transaction, agentId);
  const isNew = (fileId: string): boolean => files.some(file => file.fileId === fileId) && !before.some(file => file.fileId === fileId);
  const arriving = fileIds.filter(isNew);
  const plan = planArrival(before.map(toKept), arriving, limits.mostOpen);
  await carryOut(
    transaction,
    agentId,
    { limits, files },
    plan,
    plan.open.map(fileId => ({ fileId, range: wholeFile })),
  );
}

/** A name that the agent has already, of a file of another folder, is this file's from now on. */
const insertSql = `
insert into files_agents (id, agent_id, file_id, source_id, file_name, created_at)
select g.id, $1, f.id, f.source_id, f.file_name, now() + g.place * interval '1 millisecond'
  from unnest($2::text[], $3::text[]) with ordinality as g (file_id, id, place) join files f on f.id = g.file_id
 where f.deleted_at is null and exists (select from sources_agents sa where sa.agent_id = $1 and sa.source_id = f.source_id)
   and not exists (select from files_agents fa where fa.agent_id = $1 and fa.file_id = f.id)
on conflict (agent_id, file_name) do update
   set file_id = excluded.file_id, source_id = excluded.source_id, is_open = false, visible_content = null, start_line = null, end_line = null, updated_at = now()`;

async function carryOut(
  transaction: Database,
  agentId: string,
  { limits, files }: LockedFiles,
  plan: OpenPlan,
  openings: readonly Opening[],
): Promise<void> {
  const byId = new Map(files.map(file => [file.fileId, file]));
  // Of a file that is asked for twice the last range counts.
  const ranges = new Map(openings.map(({ fileId, range }) => [fileId, range]));
  const opened = [];
  for (const fileId of plan.open) {
    const file = byId.get(fileId);
    if (file === undefined) continue;
    const range = ranges.get(fileId) ?? wholeFile;
    opened.push({ file_id: fileId, view: await readView(transaction, { file, range }, limits.viewCharacters), ...range });
  }
  await transaction.query(changeSql, [agentId, JSON.stringify(opened), plan.close]);
  await markAgentsStale(transaction, [agentId]);
}

/** The times of files that are opened together keep their order. */
const changeSql = `
with closed as (
  update files_agents set is_open = false, visible_content = null, start_line = null, end_line = null, updated_at = now()
   where agent_id = $1 and file_id = any($3) and is_open
), opened as (
  select o.*, row_number() over () as place from jsonb_to_recordset($2::jsonb) as o (file_id text, view text, "start" int, "end" int)
)
update files_agents fa set is_open = true, visible_content = o.view, start_line = o."start", end_line = o."end", updated_at = now(),
       last_accessed_at = now() + o.place * interval '1 millisecond'
  from opened o where fa.agent_id = $1 and fa.file_id = o.file_id`;

function readAll(database: Database, agentId: string): Promise<AgentFileRecord[]> {
  return database.query<AgentFileRecord>(`select ${columns} from ${from} where fa.agent_id = $1 order by fa.created_at, fa.id`, [agentId]);
}

async function limitsOf(database: Database, agentId: string): Promise<FileLimits> {
  const [agent] = await database.query<{
    maxFilesOpen: number | null;
    perFileViewWindowCharLimit: number | null;
    contextWindow: number;
  }>(
    `select max_files_open as "maxFilesOpen", per_file_view_window_char_limit as "perFileViewWindowCharLimit",
            (llm_config ->> 'contextWindow')::int as "contextWindow" from agents where id = $1`,
    [agentId],
  );
  if (agent === undefined) throw new Error(`There is no agent ${agentId}`);
  return fileLimits(agent, agent.contextWindow);
}

function toKept({ fileId, isOpen, lastAccessedAt }: AgentFileRecord) {
  return { fileId, isOpen, lastAccessedAt: Date.parse(lastAccessedAt) };
}
