import { editBlock } from '../domain/memory/edit-block.js';
import type { BlockEdit, EditResult } from '../domain/memory/editable-block.js';
import type { Database } from './database.js';
import { shownBlocks } from './shown-blocks.js';
import { markStale } from './stale-conversations.js';

export interface BlockEditCommand {
  readonly agentId: string;
  /** Where the tool was called: its own blocks stand for the agent's ones. */
  readonly conversationId: string;
  readonly stepId: string;
  /** The edit's idempotency key. */
  readonly toolCallId: string;
  readonly edit: BlockEdit;
}

interface BlockRow {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly limit: number;
  readonly readOnly: boolean;
  readonly version: number;
}

interface LoadRow {
  readonly done: string | null;
  readonly blocks: readonly BlockRow[] | null;
}

/** How often an edit starts over because somebody else edited the block meanwhile. */
const maxTries = 50;
/** Editors of one block that collide again and again spread out by pauses of random length. */
const longestPauseMs = 50;

export function createBlockEditsRepository(database: Database) {
  return {
    /** Edits one of the blocks that a conversation shows once for each tool call: a repeated call finds the version that the first one made. */
    async editByTool(command: BlockEditCommand): Promise<EditResult> {
      for (let tries = 0; tries < maxTries; tries += 1) {
        if (tries > 1) await pause(tries);
        const rows = await database.query<LoadRow>(loadSql, [command.conversationId, command.toolCallId]);
        const { done, blocks } = rows[0] ?? { done: null, blocks: null };
        if (done !== null) return { kind: 'ok', value: done };
        const result = editBlock(blocks ?? [], command.edit);
        const block = blocks?.find(candidate => candidate.label === command.edit.label);
        if (result.kind === 'error' || block === undefined) return result;
        const written = await database.query(writeSql, [
          block.id,
          block.version,
          result.value,
          command.agentId,
          command.stepId,
          command.toolCallId,
        ]);
        if (written.length > 0) return result;
      }
      return {
        kind: 'error',
        errorType: 'ValueError',
        message: `Block ${command.edit.label} is being edited by others all the time. Try again.`,
      };
    },
  };
}

export type BlockEditsRepository = ReturnType<typeof createBlockEditsRepository>;

function pause(tries: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, Math.random() * Math.min(longestPauseMs, tries * 2)));
}

/** What a call has done stays done when its block was detached or relabelled meanwhile. */
const loadSql = `
select (select v.value from block_versions v where v.tool_call_id = $2 limit 1) as done,
       (select jsonb_agg(jsonb_build_object('id', b.id, 'label', b.label, 'value', b.value, 'limit', b.char_limit, 'readOnly', b.read_only, 'version', b.version)
                         order by b.shown_at, b.label)
          from (${shownBlocks('$1')}) b) as blocks`;

/** Compare-and-set by version; every conversation that shows the block learns that its system message is stale. */
const writeSql = `
with edited as (
  update blocks set value = $3, version = version + 1, updated_at = now() where id = $1 and version = $2 returning *
), kept as (
  insert into block_versions (block_id, version, label, value, char_limit, description, read_only, author_type, author_id, step_id, tool_call_id)
  select id, version, label, value, char_limit, description, read_only, 'agent', $4, $5, $6 from edited
), ${markStale('edited')}
select id from edited`;
