import assert from 'node:assert/strict';
import { defaultOrganizationId } from '../../src/domain/ids.js';
import { defaultConversationId } from '../../src/domain/runs/execution-ids.js';
import { fileExecutors } from '../../src/main/file-executors.js';
import { folderWorld } from '../support/folder-world.js';
import { textOf } from '../support/mock-openai.js';
import { useStack } from '../support/stack-client.js';

const numbers = (count: number): string => Array.from({ length: count }, (_, n) => `number ${n + 1}`).join('\n');

describe('the tools on files', () => {
  const { stack, letta: client } = useStack();
  const world = folderWorld(client, () => stack.backend);
  let folder: { readonly id: string; readonly name: string };
  let agentId: string;

  before(async () => {
    folder = await world.newFolder([
      { name: 'main.py', text: 'import os\n\ndef main():\n    print("Hello")\n', passages: ['The program greets whoever starts it.'] },
      {
        name: 'numbers.txt',
        text: numbers(60),
        passages: ['All numbers up to sixty.', Array.from({ length: 25 }, (_, n) => `row ${n}`).join('\n')],
      },
      { name: 'notes.md', text: 'First note. Second note.' },
    ]);
    agentId = (await client.agents.create({ model: 'openai/mock-model', max_files_open: 2, folder_ids: [folder.id] })).id;
  });

  /** What a tool says. */
  const call = async (name: string, args: Readonly<Record<string, unknown>>) => {
    const context = {
      id: 'call',
      runId: 'run',
      stepId: 'step',
      agentId,
      organizationId: defaultOrganizationId,
      conversationId: defaultConversationId(agentId),
      timezone: null,
      call: { id: 'call', name, arguments: JSON.stringify(args) },
      tool: null,
      source: null,
    };
    const executor = fileExecutors(stack.backend, stack.backend.settings)[name];
    assert.ok(executor !== undefined);
    const { status, value } = await executor(context, args, AbortSignal.timeout(30_000));
    return { status, message: String(value).replaceAll(`${folder.name}/`, '') };
  };
  /** What a model is told of a call, and the system message that it sees next. */
  const callInRun = async (name: string, args: Readonly<Record<string, unknown>>) => {
    let told: { readonly text: string; readonly system: string } | null = null;
    stack.mock.script = ({ messages }) => {
      const last = messages.at(-1);
      if (last?.role !== 'tool') return { toolCalls: [{ name, args }] };
      told = { text: textOf(last), system: textOf(messages[0]) };
      return { text: 'Done.' };
    };
    await client.agents.messages.create(agentId, { input: 'go' });
    const { text, system } = told ?? { text: '{}', system: '' };
    const { status, message } = JSON.parse(text) as { status: string; message: string };
    return { status, message: message.replaceAll(`${folder.name}/`, ''), system };
  };
  const file = (name: string, more: object = {}) => ({ file_name: `${folder.name}/${name}`, ...more });

  it('open files, tell which had to be closed, and let the very next step see them', async () => {
    const opened = await callInRun('open_files', { file_requests: [file('notes.md')] });
    assert.deepEqual(
      [opened.status, opened.message],
      ['OK', '* Opened notes.md\nNote: Closed 1 least recently used file(s) due to open file limit: main.py'],
    );
    assert.match(opened.system, /\[Viewing file start \(out of 2 sentences\)\]\n1: First note\.\n2: Second note\./);
    const range = await callInRun('open_files', { file_requests: [file('numbers.txt', { offset: 9, length: 2 })], close_all_others: true });
    assert.equal(
      range.message,
      '* Opened numbers.txt (lines 10-11) (previously full file)\nNote: Closed 1 file(s) due to close_all_others=True: notes.md',
    );
    assert.match(range.system, /\[Viewing lines 10 to 11 \(out of 60 lines\)\]\n10: number 10\n11: number 11\n<\/value>/);
    const two = await call('open_files', { file_requests: [file('main.py'), file('numbers.txt', { offset: 58 })] });
    assert.equal(two.message, '* Opened 2 files: main.py, numbers.txt (lines 59-end) (previously lines 10-11)');
  });

  it('refuse to open what is not there, or too much, and leave everything as it was', async () => {
    const open = async (requests: readonly object[]) => {
      const { status, message } = await call('open_files', { file_requests: requests });
      assert.equal(status, 'error');
      return message;
    };
    const before = (await client.agents.files.list(agentId, { is_open: true })).files;
    assert.equal(await open([]), 'No file requests provided');
    assert.match(await open([file('a'), file('b'), file('c')]), /^Cannot open 3 files: exceeds configured maximum limit of 2 files/);
    assert.match(
      await open([file('main.py'), file('gone.py')]),
      /^gone\.py not attached - did you get the filename correct\? Currently you have the following files attached: \['main\.py', 'numbers\.txt', 'notes\.md'\]/,
    );
    assert.match(await open([file('main.py', { offset: -1 })]), /^Offset for file main\.py must be >= 0 \(0-indexed\), got -1/);
    assert.match(await open([file('main.py', { length: 0 })]), /^Length for file main\.py must be >= 1, got 0/);
    assert.match(await open([file('main.py', { offset: 3 })]), /^File main\.py has only 3 lines, but requested offset 3 is out of range/);
    assert.deepEqual((await client.agents.files.list(agentId, { is_open: true })).files, before);
  });

  it('find lines by a pattern, in pages, with the lines around them', async () => {
    const found = await call('grep_files', { pattern: 'HELLO|note' });
    assert.equal(
      found.message,
      [
        'Found 3 total matches across 2 files (showing matches 1-3 of 3)',
        '='.repeat(80),
        '  notes.md: 2 matches',
        '  main.py: 1 match',
        '',
        '=== main.py:3 ===',
        '  2: def main():',
        '> 3:     print("Hello")',
        '',
        '=== notes.md:1 ===',
        '> 1: First note.',
        '  2: Second note.',
        '',
        '=== notes.md:2 ===',
        '  1: First note.',
        '> 2: Second note.',
        '',
        '='.repeat(80),
        'No more matches to show.',
      ].join('\n'),
    );
    const pages = await call('grep_files', { pattern: '^number', include: '*.txt', context_lines: 0, offset: 20 });
    assert.match(pages.message, /^Found 60 total matches across 1 files \(showing matches 21-40 of 60\) in files matching '\*\.txt'\n/);
    assert.match(
      pages.message,
      /To see more matches, call: grep_files\(pattern="\^number", include="\*\.txt", context_lines=0, offset=40\)$/,
    );
    assert.equal((await call('grep_files', { pattern: 'nobody' })).message, "No matches found for pattern: 'nobody'");
    assert.match(
      (await call('grep_files', { pattern: 'x', include: '*.rs' })).message,
      /^No files match the filename pattern '\*\.rs' \(filtered 3 files\)/,
    );
  });

  it('refuse patterns that are none, and take no longer for those that elsewhere take for ever', async () => {
    assert.match((await call('grep_files', { pattern: 'a(' })).message, /^Invalid regex pattern: error parsing regexp: missing closing \)/);
    assert.match((await call('grep_files', { pattern: '(?=a)b' })).message, /^Invalid regex pattern/);
    assert.match((await call('grep_files', { pattern: ' ' })).message, /^Empty search pattern provided/);
    assert.match((await call('grep_files', { pattern: 'x'.repeat(1001) })).message, /^Pattern too complex: 1001 chars > 1000 limit/);
    await world.addFile(folder.id, { name: 'hostile.txt', text: `${'a'.repeat(200_000)}b` });
    assert.equal((await call('grep_files', { pattern: '(a+)+$' })).message, "No matches found for pattern: '(a+)+$'");
  });

  it('find passages by their words, with the files that they are of', async () => {
    const found = await call('semantic_search_files', { query: 'program greets' });
    const summary = "Found 1 semantic matches in 1 file for query: 'program greets'";
    assert.equal(
      found.message,
      `${summary}\n${'='.repeat(summary.length)}\n\n=== main.py (passage #1) ===\n  The program greets whoever starts it.`,
    );
    const long = await call('semantic_search_files', { query: 'row' });
    assert.match(long.message, / {2}row 19\n {2}\.\.\. \[truncated 5 more lines\]$/);
    assert.equal((await call('semantic_search_files', { query: 'zebra' })).message, "No semantic matches found for query: 'zebra'");
    const passages = (await (await fetch(`${stack.url}/v1/folders/${folder.id}/passages?order=asc`)).json()) as { file_name: string }[];
    assert.deepEqual(
      passages.map(passage => passage.file_name),
      ['main.py', 'numbers.txt', 'numbers.txt'].map(name => `${folder.name}/${name}`),
    );
    const archival = await client.agents.passages.list(agentId);
    assert.deepEqual(archival, []);
  });
});
