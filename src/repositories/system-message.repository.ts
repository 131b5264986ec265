import type { ModelConfig } from '../domain/model/model-config.js';
import { fileLimits } from '../domain/files/file-limits.js';
import type { PromptDirectory } from '../domain/prompt/compile-directories.js';
import { compileSystemPrompt } from '../domain/prompt/compile-system-prompt.js';
import type { PromptBlock } from '../domain/prompt/compile-memory.js';
import type { ToolRule } from '../domain/tool-rules/tool-rule.js';
import type { Database, TransactionalDatabase } from './database.js';
import { deriveId } from './derived-ids.js';
import { shownBlocks } from './shown-blocks.js';

interface PromptRow {
  readonly version: string;
  readonly agent_id: string;
  readonly is_default: boolean;
  readonly system: string;
  readonly agent_type: string;
  readonly llm_config: ModelConfig;
  readonly tool_rules: readonly ToolRule[];
  readonly timezone: string | null;
  readonly blocks: readonly PromptBlock[] | null;
  readonly max_files_open: number | null;
  readonly per_file_view_window_char_limit: number | null;
  readonly directories: readonly PromptDirectory[] | null;
  readonly recall_count: number;
  readonly archival_count: number;
  readonly archival_tags: readonly string[] | null;
  readonly current_text: string | null;
  /** By block id. */
  readonly shown_versions: Readonly<Record<string, number>> | null;
}

export function createSystemMessageRepository(database: TransactionalDatabase) {
  return {
    /**
     * Compiles a conversation's system message anew, and writes it when it says something new. As a rule without a lock: an edit that comes in meanwhile
     * marks the conversation's row, whose version is another one then. Then under its lock, which is a statement of its own, as a statement sees nothing
     * newer than its start.
     */
    async refresh(conversationId: string): Promise<void> {
      if (await refreshIn(database, conversationId, true)) return;
      await database.transaction(async transaction => {
        await transaction.query(lockSql, [conversationId]);
        await refreshIn(transaction, conversationId, false);
      });
    },

    /** The text that `refresh` would leave. Null when there is no such conversation. */
    refreshed: async (conversationId: string): Promise<string | null> => {
      const compiled = await compile(database, conversationId);
      return compiled === null || saysNew(compiled) ? (compiled?.text ?? null) : compiled.current;
    },

    /** What the system message would be now. Null when there is no such conversation. */
    preview: async (conversationId: string): Promise<string | null> => (await compile(database, conversationId))?.text ?? null,

    /** Compiles and writes, whatever has changed. `keepTime` = it goes on to name the time of the compilation before. */
    recompile: (conversationId: string, keepTime: boolean): Promise<string | null> =>
      database.transaction(async transaction => {
        await transaction.query(lockSql, [conversationId]);
        return recompile(transaction, conversationId, keepTime);
      }),
  };
}

const lockSql = 'select from conversations where id = $1 for no key update';

/** `$4` = the version that the conversation's row has to have, null for any. */
const replaceSql = `
with shown as (
  update conversations set system_stale = false, shown_versions = $3 where id = $1 and ($4::text is null or xmin::text = $4) returning id
), message as (
  update messages set content = jsonb_build_array(jsonb_build_object('type', 'text', 'text', $2::text))
   where id = (select message_id from conversation_messages where conversation_id = $1 and position = 0) and $2::text is not null
     and exists (select from shown)
)
select id from shown`;

/** False when the conversation has changed while its message was compiled: nothing is written then. */
async function refreshIn(database: Database, conversationId: string, ifUnchanged: boolean): Promise<boolean> {
  const compiled = await compile(database, conversationId);
  if (compiled === null) return true;
  const text = saysNew(compiled) ? compiled.text : null;
  const rows = await database.query(replaceSql, [conversationId, text, compiled.shownVersions, ifUnchanged ? compiled.version : null]);
  return rows.length > 0;
}

/** As part of a transaction that holds the conversation's row. */
export async function recompile(database: Database, conversationId: string, keepTime: boolean): Promise<string | null> {
  const compiled = await compile(database, conversationId);
  if (compiled === null) return null;
  const before = keepTime ? timeLine.exec(compiled.current ?? '')?.[0] : undefined;
  const text = before === undefined ? compiled.text : compiled.text.replace(timeLine, () => before);
  await database.query(replaceSql, [conversationId, text, compiled.shownVersions, null]);
  return text;
}

/** Where the text says when it was compiled. */
const timeLine = /^- System prompt last recompiled: .*$/m;

/** Gives a new conversation its system message. A second call for it changes nothing. */
export async function writeSystemMessage(database: Database, conversationId: string): Promise<void> {
  const compiled = await compile(database, conversationId);
  if (compiled === null) throw new Error(`There is no conversation ${conversationId}`);
  await database.query(
    `with message as (
       insert into messages (id, organization_id, agent_id, conversation_id, role, content)
       select $2, a.organization_id, a.id, c.id, 'system', jsonb_build_array(jsonb_build_object('type', 'text', 'text', $3::text))
         from conversations c join agents a on a.id = c.agent_id where c.id = $1
       on conflict (id) do nothing returning id
     ), shown as (
       update conversations set shown_versions = $4 where id = $1 and exists (select from message)
     )
     insert into conversation_messages (conversation_id, position, message_id) select $1, 0, id from message`,
    [conversationId, deriveId('message', conversationId, 'system'), compiled.text, compiled.shownVersions],
  );
}

export type SystemMessageRepository = ReturnType<typeof createSystemMessageRepository>;

interface CompiledText {
  readonly current: string | null;
  readonly text: string;
  /** JSON of the versions of the blocks that stand in the text. */
  readonly shownVersions: string;
  /** Of the conversation's row: every change of it gives it another one. */
  readonly version: string;
}

function saysNew({ current, text }: CompiledText): boolean {
  return current === null || withoutClock(current) !== withoutClock(text);
}

async function compile(database: Database, conversationId: string): Promise<CompiledText | null> {
  const rows = await database.query<PromptRow>(promptSql, [conversationId]);
  const row = rows[0];
  if (row === undefined) return null;
  const { max_files_open: maxFilesOpen, per_file_view_window_char_limit: perFileViewWindowCharLimit } = row;
  const limits = fileLimits({ maxFilesOpen, perFileViewWindowCharLimit }, row.llm_config.contextWindow);
  const text = compileSystemPrompt({
    system: row.system,
    agentId: row.agent_id,
    agentType: row.agent_type,
    conversationId: row.is_default ? null : conversationId,
    blocks: row.blocks ?? [],
    toolRules: row.tool_rules,
    files: { ...limits, directories: row.directories ?? [] },
    modelEndpointType: row.llm_config.modelEndpointType,
    recallCount: row.recall_count,
    archivalCount: row.archival_count,
    archivalTags: row.archival_tags ?? [],
    timezone: row.timezone,
    now: new Date(),
  });
  return { current: row.current_text, text, version: row.version, shownVersions: JSON.stringify(row.shown_versions ?? {}) };
}

/** What changes with every compilation is no reason for a new text: that would only cost the model's prompt cache. */
function withoutClock(text: string): string {
  return text.replaceAll(/^- (System prompt last recompiled: |\d+ previous messages between you and the user ).*$/gm, '');
}

const promptSql = `
select c.xmin::text as version, a.id as agent_id, c.is_default, a.system, a.agent_type, a.llm_config, a.tool_rules, a.timezone, a.max_files_open,
       a.per_file_view_window_char_limit,
       (select jsonb_agg(jsonb_build_object('name', s.name, 'description', s.description, 'instructions', s.instructions, 'files', coalesce((
                 select jsonb_agg(jsonb_build_object('name', fa.file_name, 'isOpen', fa.is_open, 'view', fa.visible_content) order by fa.created_at, fa.id)
                   from files_agents fa where fa.agent_id = a.id and fa.source_id = s.id), '[]')) order by sa.created_at, s.name)
          from sources_agents sa join sources s on s.id = sa.source_id where sa.agent_id = a.id) as directories,
       (select jsonb_agg(jsonb_build_object('label', b.label, 'value', b.value, 'description', b.description, 'limit', b.char_limit, 'readOnly', b.read_only)
                         order by b.shown_at, b.label)
          from (${shownBlocks('c.id')}) b) as blocks,
       (select jsonb_object_agg(b.id, b.version) from (${shownBlocks('c.id')}) b) as shown_versions,
       greatest(0, (select sum(x.message_count) from conversations x where x.agent_id = a.id)
                 - (select count(*) from conversation_messages cm where cm.conversation_id = c.id))::int as recall_count,
       (select count(*) from archives_agents aa join passages p on p.archive_id = aa.archive_id where aa.agent_id = a.id)::int as archival_count,
       (select jsonb_agg(tag order by tag) from (
          select distinct unnest(p.tags) as tag from archives_agents aa join passages p on p.archive_id = aa.archive_id
           where aa.agent_id = a.id and p.tags <> '{}' order by 1 limit 50) tags) as archival_tags,
       (select m.content -> 0 ->> 'text' from conversation_messages cm join messages m on m.id = cm.message_id
         where cm.conversation_id = c.id and cm.position = 0) as current_text
  from conversations c join agents a on a.id = c.agent_id where c.id = $1`;
