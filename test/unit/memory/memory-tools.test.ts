import assert from 'node:assert/strict';
import type { EditableBlock } from '../../../src/domain/memory/editable-block.js';
import type { BlockChange, MemoryPlan } from '../../../src/domain/memory/memory-plan.js';
import { readMemoryRequest } from '../../../src/domain/memory/memory-request.js';
import type { MemoryEditTool } from '../../../src/domain/memory/memory-request.js';
import { planMemoryEdit } from '../../../src/domain/memory/plan-memory-edit.js';
import { mergeTexts } from '../../../src/repositories/merge-texts.js';

type Arguments = Readonly<Record<string, unknown>>;

const block = (label: string, value: string, more: Partial<EditableBlock> = {}): EditableBlock => ({
  label,
  value,
  limit: 100,
  readOnly: false,
  description: `about ${label}`,
  ...more,
});
const blocks = [block('human', 'Name: Ada\nLikes tea.\nHas a dog.'), block('fixed', 'Never changes.', { readOnly: true })];

function call(tool: MemoryEditTool, args: Arguments, shown: readonly EditableBlock[] = blocks): MemoryPlan {
  const request = readMemoryRequest(tool, args);
  if (typeof request === 'string')
    return { kind: 'refused', status: 'error', errorType: 'ValueError', message: request, tellsValueOf: null };
  return planMemoryEdit(shown, request, { enforceLimit: true, merge: mergeTexts });
}

const memory = (command: string, args: Arguments, shown = blocks): MemoryPlan => call('memory', { command, ...args }, shown);
const patch = (label: string, ...lines: readonly string[]): MemoryPlan => call('memory_apply_patch', { label, patch: lines.join('\n') });

function changesOf(plan: MemoryPlan): readonly BlockChange[] {
  assert.equal(plan.kind, 'planned', plan.message ?? '');
  return plan.kind === 'planned' ? plan.changes : [];
}

function valueOf(plan: MemoryPlan): string {
  const [change, ...more] = changesOf(plan);
  assert.deepEqual(more, []);
  assert.ok(change?.kind === 'edit');
  return change.to.value;
}

function refusalOf(plan: MemoryPlan, status: 'error' | 'success' = 'error'): string {
  assert.ok(plan.kind === 'refused', 'it is not refused');
  assert.equal(plan.status, status);
  return plan.message;
}

describe('memory_apply_patch', () => {
  it('changes one block where its lines stand, hunk by hunk, and returns its value', () => {
    const plan = patch('human', ' Name: Ada', '-Likes tea.', '+Likes coffee.', '@@', ' Has a dog.', '+Has a cat.');
    assert.equal(valueOf(plan), 'Name: Ada\nLikes coffee.\nHas a dog.\nHas a cat.');
    assert.equal(plan.message, null);
  });

  it('takes a blank line as an empty line of the block, and frames and line numbers of hunks for nothing', () => {
    const notes = [block('notes', 'a\n\nb')];
    const plan = call(
      'memory_apply_patch',
      { label: 'notes', patch: '*** Begin Patch\n@@ -1,3 +1,3 @@\n a\n\n-b\n+c\n*** End Patch\n' },
      notes,
    );
    assert.equal(valueOf(plan), 'a\n\nc');
  });

  it('appends what has no lines around it, also to an empty block', () => {
    assert.equal(valueOf(patch('human', '+One more.')), 'Name: Ada\nLikes tea.\nHas a dog.\nOne more.');
    assert.equal(valueOf(call('memory_apply_patch', { label: 'n', patch: '+first' }, [block('n', '')])), 'first');
  });

  it('refuses hunks that are not found, ambiguous, missing or malformed, unknown and read-only blocks, and displayed line numbers', () => {
    assert.match(refusalOf(patch('human', '-Likes beer.', '+x')), /hunk not found in memory block 'human'/);
    const twice = call('memory_apply_patch', { label: 'n', patch: '-a\n+b' }, [block('n', 'a\nx\na')]);
    assert.match(refusalOf(twice), /ambiguous, it matches lines \[1, 3\] of memory block 'n'/);
    assert.match(refusalOf(patch('human', ' Name: Ada')), /no hunks/);
    assert.match(refusalOf(patch('human', 'Name: Ada')), /has to begin with a space, - or \+/);
    assert.match(refusalOf(patch('nowhere', '+x')), /Block field nowhere does not exist/);
    assert.match(refusalOf(patch('fixed', '+x')), /read-only/);
    assert.match(refusalOf(patch('human', '+1→ x')), /line number prefix/);
  });

  it('adds, renames, updates and deletes several blocks at once', () => {
    const plan = call('memory_apply_patch', {
      label: '',
      patch: [
        '*** Add Block: /memories/project',
        'Description: What is planned.',
        '+Due in May.',
        '+Led by Ada.',
        '*** Update Block: human',
        '*** Move to: person',
        '-Likes tea.',
        '*** Add Block: scratch',
        '+x',
        '*** Delete Block: scratch',
      ].join('\n'),
    });
    assert.deepEqual(changesOf(plan), [
      { kind: 'edit', label: 'human', to: { label: 'person', value: 'Name: Ada\nHas a dog.', description: 'about human' } },
      { kind: 'create', to: { label: 'project', value: 'Due in May.\nLed by Ada.', description: 'What is planned.' } },
    ]);
    assert.match(
      plan.message ?? '',
      /^Successfully applied memory patch operations\.[^]*\n\nOperations completed:\n- Created memory block 'project'\n- Renamed memory block 'human' to 'person'\n- Updated memory block 'person'\n- Created memory block 'scratch'\n- Deleted memory block 'scratch'$/,
    );
  });

  it('turns a deletion and an addition of one label into an edit of the block', () => {
    const plan = patch('', '*** Delete Block: human', '*** Add Block: human', '+Anew.');
    assert.deepEqual(changesOf(plan), [{ kind: 'edit', label: 'human', to: { label: 'human', value: 'Anew.', description: '' } }]);
  });

  it('does nothing of a patch when one of its operations cannot be done', () => {
    assert.match(refusalOf(patch('', '*** Add Block: new', '+x', '*** Add Block: human', '+x')), /'human' already exists/);
    assert.match(refusalOf(patch('', '*** Delete Block: human', '*** Update Block: human', '+x')), /Block field human does not exist/);
    assert.match(refusalOf(patch('', '*** Update Block: human', '*** Move to: fixed')), /'fixed' already exists/);
    assert.match(refusalOf(patch('', '*** Delete Block: fixed')), /read-only/);
    assert.match(refusalOf(patch('', '*** Move to: x')), /has to follow/);
    assert.match(refusalOf(patch('', 'stray', '*** Delete Block: human')), /before the first header/);
    assert.match(refusalOf(patch('', '*** Add Block: new', 'no plus')), /have to begin with \+/);
  });
});

describe('memory', () => {
  it('creates a block, and says so', () => {
    const plan = memory('create', { path: '/memories/trips/plans', description: 'Plans.', file_text: 'None yet.' });
    assert.deepEqual(changesOf(plan), [{ kind: 'create', to: { label: 'trips/plans', value: 'None yet.', description: 'Plans.' } }]);
    assert.match(plan.message ?? '', /^Successfully created memory block 'trips\/plans'\. Your system prompt has been recompiled/);
    assert.match(refusalOf(memory('create', { path: 'human', description: '' })), /already exists/);
  });

  it('replaces and inserts text, and returns the new value', () => {
    const replaced = memory('str_replace', { path: '/memories/human', old_string: 'tea', new_string: 'coffee' });
    assert.equal(valueOf(replaced), 'Name: Ada\nLikes coffee.\nHas a dog.');
    assert.equal(valueOf(memory('insert', { path: 'human', insert_line: 1, insert_text: 'x' })), 'Name: Ada\nx\nLikes tea.\nHas a dog.');
    assert.equal(valueOf(memory('insert', { path: 'human', insert_text: 'x' })), 'Name: Ada\nLikes tea.\nHas a dog.\nx');
    assert.equal(replaced.message, null);
    assert.match(refusalOf(memory('str_replace', { path: 'human', old_string: 'beer', new_string: '' })), /did not appear verbatim/);
  });

  it('deletes a block, and tells of a failure as V1 does, as a success', () => {
    const plan = memory('delete', { path: '/memories/human' });
    assert.deepEqual(changesOf(plan), [{ kind: 'detach', label: 'human' }]);
    assert.match(plan.message ?? '', /^Successfully deleted memory block 'human'/);
    assert.match(refusalOf(memory('delete', { path: 'nowhere' }), 'success'), /^Error performing delete: /);
  });

  it('renames a block and changes what it is described as', () => {
    const renamed = memory('rename', { old_path: 'human', new_path: '/memories/some/body' });
    assert.deepEqual(changesOf(renamed), [
      { kind: 'edit', label: 'human', to: { label: 'some_body', value: blocks[0]?.value, description: 'about human' } },
    ]);
    assert.match(renamed.message ?? '', /^Successfully renamed memory block 'human' to 'some_body'/);
    const described = memory('rename', { path: 'human', description: 'The user.' });
    assert.deepEqual(changesOf(described), [
      { kind: 'edit', label: 'human', to: { label: 'human', value: blocks[0]?.value, description: 'The user.' } },
    ]);
    assert.match(refusalOf(memory('rename', { old_path: 'human', new_path: 'fixed' })), /already exists/);
  });

  it('finds a block by its path with slashes, or with underscores in their place', () => {
    const shown = [block('a/b', 'x'), block('c_d', 'x')];
    for (const path of ['a/b', '/memories/c/d']) {
      assert.equal(valueOf(memory('str_replace', { path, old_string: 'x', new_string: 'y' }, shown)), 'y');
      assert.equal(changesOf(memory('delete', { path }, shown)).length, 1);
    }
  });

  it('names the argument that is missing, and the commands for an unknown one', () => {
    assert.equal(refusalOf(memory('create', {})), 'Error: path is required for create command');
    assert.equal(refusalOf(memory('create', { path: 'x' })), 'Error: description is required for create command');
    assert.equal(refusalOf(memory('str_replace', { path: 'x', old_string: '' })), 'Error: new_string is required for str_replace command');
    assert.equal(refusalOf(memory('insert', { path: 'x' })), 'Error: insert_text is required for insert command');
    assert.equal(refusalOf(memory('delete', {})), 'Error: path is required for delete command');
    assert.match(refusalOf(memory('rename', { path: 'x' })), /^Error: old_path and new_path are required for rename command/);
    assert.equal(
      refusalOf(memory('view', { path: 'x' })),
      "Error: Unknown command 'view'. Supported commands: create, str_replace, insert, delete, rename",
    );
  });

  it('refuses to rename or delete read-only blocks and those of the conversation alone', () => {
    const shown = [block('fixed', 'x', { readOnly: true }), block('own', 'x', { isIsolated: true })];
    assert.match(refusalOf(memory('rename', { old_path: 'fixed', new_path: 'y' }, shown)), /read-only/);
    assert.match(refusalOf(memory('delete', { path: 'own' }, shown), 'success'), /belongs to this conversation alone/);
    assert.match(refusalOf(memory('rename', { old_path: 'own', new_path: 'y' }, shown)), /belongs to this conversation alone/);
    assert.equal(valueOf(memory('insert', { path: 'own', insert_text: 'y' }, shown)), 'x\ny');
  });

  it('names the arguments that the other tools lack', () => {
    assert.equal(refusalOf(call('memory_replace', { label: 'human' })), 'Missing required argument: old_string, new_string');
    assert.equal(refusalOf(call('memory_apply_patch', {})), 'Missing required argument: patch, label');
  });
});

describe('edits of a block that others have changed since the model saw it', () => {
  const seen = 'one\ntwo\nthree\nfour\nfive';
  const now = [block('notes', 'one\ntwo\nthree\nfour\nFIVE by others', { seen })];

  it('by memory_rethink are merged when they are in other places', () => {
    assert.equal(
      valueOf(call('memory_rethink', { label: 'notes', new_memory: 'ONE\ntwo\nthree\nfour\nfive' }, now)),
      'ONE\ntwo\nthree\nfour\nFIVE by others',
    );
  });

  it('by memory_rethink in the same place go back to the model with both texts', () => {
    const plan = call('memory_rethink', { label: 'notes', new_memory: 'one\ntwo\nthree\nfour\n5 by me' }, now);
    const message = refusalOf(plan);
    assert.match(message, /changed by others since you saw it/);
    assert.ok(message.includes(now[0]?.value ?? '?') && message.includes('5 by me'));
    assert.equal(plan.kind === 'refused' && plan.tellsValueOf, 'notes');
  });

  it('by memory_insert go behind the line that the model saw', () => {
    const shifted = [block('notes', `zero by others\n${seen}`, { seen })];
    assert.equal(
      valueOf(call('memory_insert', { label: 'notes', new_string: 'x', insert_line: 3 }, shifted)),
      'zero by others\none\ntwo\nthree\nx\nfour\nfive',
    );
    assert.equal(
      valueOf(call('memory_insert', { label: 'notes', new_string: 'x' }, shifted)),
      'zero by others\none\ntwo\nthree\nfour\nfive\nx',
    );
  });

  it('by the tools that name what they replace hold for the text as it is, and tell it when it does not fit', () => {
    assert.equal(valueOf(call('memory_replace', { label: 'notes', old_string: 'one', new_string: '1' }, now)).split('\n')[0], '1');
    for (const [tool, args] of [
      ['memory_replace', { old_string: 'five', new_string: '5' }],
      ['core_memory_replace', { old_content: 'five', new_content: '5' }],
      ['memory_apply_patch', { patch: '-five\n+5' }],
    ] as const) {
      const plan = call(tool, { label: 'notes', ...args }, now);
      assert.ok(refusalOf(plan).includes('FIVE by others'), tool);
      assert.equal(plan.kind === 'refused' && plan.tellsValueOf, 'notes', tool);
    }
  });
});
