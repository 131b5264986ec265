import type { EditableBlock, MergeTexts } from '../domain/memory/editable-block.js';
import { defaultBlockLimit } from '../domain/memory/change-blocks.js';
import { planMemoryEdit } from '../domain/memory/plan-memory-edit.js';
import type { BlockChange, MemoryPlan } from '../domain/memory/memory-plan.js';
import type { MemoryRequest } from '../domain/memory/memory-request.js';
import type { Database, TransactionalDatabase } from './database.js';
import { deriveId } from './derived-ids.js';
import { shownBlocks } from './shown-blocks.js';
import { markStaleByEdit } from './stale-conversations.js';

export interface BlockEditCommand {
  readonly agentId: string;
  /** Where the tool was called: its own blocks stand for the agent's ones. */
  readonly conversationId: string;
  /** Null = outside of any run. */
  readonly stepId: string | null;
  /** The edit's idempotency key. */
  readonly toolCallId: string;
  readonly request: MemoryRequest;
}

/** What the model is told. */
export interface MemoryOutcome {
  readonly status: 'success' | 'error';
  readonly message: string;
  /** Of an error. */
  readonly errorType?: string;
}

export interface BlockEditsOptions {
  readonly enforceLimit: boolean;
  readonly merge: MergeTexts;
}

interface BlockRow extends EditableBlock {
  readonly id: string;
  readonly version: number;
}

interface LoadRow {
  readonly done: string | null;
  readonly blocks: readonly BlockRow[] | null;
}

/** Two statements each; who comes in between makes the edit start over. */
const freeTries = 2;
/** Behind the blocks' locks, where only a change of which blocks there are makes it start over. */
const lockedTries = 20;

export function createBlockEditsRepository(database: TransactionalDatabase, options: BlockEditsOptions) {
  return {
    /** Carries a memory tool's call out once, on the blocks that its conversation shows: a repeated call finds the versions that the first one made. */
    async editByTool(command: BlockEditCommand): Promise<MemoryOutcome> {
      let contended: readonly string[] = [];
      let clashes = 0;
      for (let tries = 0; tries < freeTries + lockedTries; tries += 1) {
        const result =
          tries < freeTries
            ? await attempt(database, command, options)
            : await database.transaction(async transaction => {
                await transaction.query('select from blocks where id = any($1) order by id for update', [contended]);
                return attempt(transaction, command, options);
              });
        if (result.kind === 'outcome') return result.outcome;
        if (result.kind === 'label-taken') clashes += 1;
        if (clashes > 1) return labelTaken;
        contended = result.blockIds;
      }
      return { status: 'error', errorType: 'ValueError', message: 'The memory is being edited by others all the time. Try again.' };
    },
  };
}

export type BlockEditsRepository = ReturnType<typeof createBlockEditsRepository>;

type Attempt =
  | { readonly kind: 'outcome'; readonly outcome: MemoryOutcome }
  | { readonly kind: 'stale' | 'label-taken'; readonly blockIds: readonly string[] };

async function attempt(database: Database, command: BlockEditCommand, options: BlockEditsOptions): Promise<Attempt> {
  const rows = await database.query<LoadRow>(loadSql, [command.conversationId, command.toolCallId, command.stepId]);
  const { done, blocks } = rows[0] ?? { done: null, blocks: null };
  if (done !== null) return { kind: 'outcome', outcome: { status: 'success', message: done } };
  const plan = planMemoryEdit(blocks ?? [], command.request, options);
  if (plan.kind === 'refused') return { kind: 'outcome', outcome: await refuse(database, command, blocks ?? [], plan) };
  const changes = plan.changes.map((change, index) => toChangeRow(change, index, command, blocks ?? []));
  const written = await write(database, command, changes, plan.message);
  if (written === 'done') return { kind: 'outcome', outcome: { status: 'success', message: messageOf(plan) } };
  return { kind: written, blockIds: changes.map(change => change.id) };
}

const uniqueViolation = '23505';

const labelTaken: MemoryOutcome = {
  status: 'error',
  errorType: 'ValueError',
  message: 'Another agent that shares the block has a block with the new label already.',
};

type Planned = Extract<MemoryPlan, { kind: 'planned' }>;
type Refused = Extract<MemoryPlan, { kind: 'refused' }>;

function messageOf({ message, changes: [first] }: Planned): string {
  return message ?? (first === undefined || first.kind === 'detach' ? '' : first.to.value);
}

/** The model now knows the value that the refusal holds: its next step goes by it. What this step does goes by what it saw, so a repeated call is refused again. */
async function refuse(
  database: Database,
  command: BlockEditCommand,
  blocks: readonly BlockRow[],
  { status, message, errorType, tellsValueOf }: Refused,
): Promise<MemoryOutcome> {
  const told = blocks.find(block => block.label === tellsValueOf);
  if (told !== undefined) await database.query(tellSql, [command.conversationId, told.id, told.version]);
  return { status, message, errorType };
}

/** All changes or none: `stale` when a block is no longer as it was loaded. */
async function write(
  database: Database,
  { agentId, stepId, toolCallId, conversationId }: BlockEditCommand,
  changes: readonly unknown[],
  message: string | null,
): Promise<'done' | 'stale' | 'label-taken'> {
  if (changes.length === 0) return 'done';
  const parameters = [JSON.stringify(changes), agentId, stepId, toolCallId, conversationId, message, defaultBlockLimit];
  try {
    return (await database.query(writeSql, parameters)).length > 0 ? 'done' : 'stale';
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== uniqueViolation) throw error;
    // Otherwise the same call runs twice at once, and the other one was first.
    return 'constraint' in error && error.constraint === 'blocks_agents_label' ? 'label-taken' : 'stale';
  }
}

function toChangeRow(change: BlockChange, index: number, { toolCallId }: BlockEditCommand, blocks: readonly BlockRow[]) {
  if (change.kind === 'create') return { id: deriveId('block', toolCallId, index), n: index, version: 0, action: 'create', ...change.to };
  const block = blocks.find(candidate => candidate.label === change.label);
  if (block === undefined) throw new Error(`There is no block ${change.label} to change`);
  const { id, version, label, value, description } = block;
  return { id, n: index, version, action: change.kind, label, value, description, ...(change.kind === 'edit' ? change.to : {}) };
}

/**
 * What a call has done stays done when its block was detached or relabelled meanwhile. `seen` is the value that the step's context told the model of, or
 * what the step itself has written since, where the block has a newer one.
 */
const loadSql = `
select (select coalesce(max(v.tool_return), (array_agg(v.value))[1]) from block_versions v where v.tool_call_id = $2) as done,
       (select jsonb_agg(jsonb_build_object('id', b.id, 'label', b.label, 'value', b.value, 'limit', b.char_limit, 'readOnly', b.read_only,
                           'description', b.description, 'version', b.version, 'seen', seen.value,
                           'isIsolated', exists (select from blocks_conversations bc where bc.block_id = b.id and bc.conversation_id = $1))
                         order by b.shown_at, b.label)
          from (${shownBlocks('$1')}) b
          left join lateral (
            select greatest((s.shown_versions ->> b.id)::int, (select max(own.version) from block_versions own where own.step_id = $3 and own.block_id = b.id)) as version
              from steps s where s.id = $3) known on true
          left join block_versions seen on seen.block_id = b.id and seen.version = known.version and known.version < b.version and seen.value <> b.value
       ) as blocks`;

const tellSql = `update conversations set shown_versions = coalesce(shown_versions, '{}') || jsonb_build_object($2::text, $3::int) where id = $1`;

/** Compare-and-set by version; every conversation that shows one of the blocks learns that its system message is stale. */
const writeSql = `
with changes as (
  select * from jsonb_to_recordset($1::jsonb) as c (id text, n int, version int, action text, label text, value text, description text)
), held as (
  select b.id from blocks b join changes c on c.id = b.id and c.version = b.version order by b.id for update of b
), go as (
  select true where (select count(*) from held) = (select count(*) from changes where action <> 'create')
), edited as (
  update blocks b set label = c.label, value = c.value, description = c.description, version = b.version + 1, updated_at = now()
    from changes c, go where b.id = c.id and c.action <> 'create' returning b.*
), made as (
  insert into blocks (id, organization_id, label, value, char_limit, description)
  select c.id, a.organization_id, c.label, c.value, $7, c.description from changes c, go, agents a where c.action = 'create' and a.id = $2
  returning *
), touched as (
  select * from edited union all select * from made
), kept as (
  insert into block_versions (block_id, version, label, value, char_limit, description, read_only, action, author_type, author_id, step_id, tool_call_id, tool_return)
  select t.id, t.version, t.label, t.value, t.char_limit, t.description, t.read_only, c.action, 'agent', $2, $3, $4, $6 from touched t join changes c on c.id = t.id
), relabelled as (
  update blocks_agents ba set block_label = edited.label from edited where ba.block_id = edited.id and ba.block_label <> edited.label
), attached as (
  insert into blocks_agents (agent_id, block_id, block_label, created_at)
  select $2, made.id, made.label, now() + changes.n * interval '1 millisecond' from made join changes on changes.id = made.id
), detached as (
  delete from blocks_agents ba using edited, changes c where c.id = edited.id and c.action = 'detach' and ba.block_id = edited.id and ba.agent_id = $2
), ${markStaleByEdit('touched', { conversation: '$5', agent: '$2' })}
select id from touched`;
