import assert from 'node:assert/strict';
import { editBlock as editBlockWith } from '../../../src/domain/memory/edit-block.js';
import { mergeTexts } from '../../../src/repositories/merge-texts.js';
import type { BlockEdit, EditableBlock, EditResult } from '../../../src/domain/memory/editable-block.js';
import { lineNumberWarning } from '../../../src/domain/memory/line-numbers.js';

const human = (value: string, fields: Partial<EditableBlock> = {}): EditableBlock => ({
  label: 'human',
  value,
  limit: 100,
  readOnly: false,
  ...fields,
});
const editBlock = (
  blocks: readonly EditableBlock[],
  change: BlockEdit,
  options: { readonly enforceLimit: boolean } = { enforceLimit: false },
): EditResult => editBlockWith(blocks, change, { ...options, merge: mergeTexts });
const persona: EditableBlock = { label: 'persona', value: 'I am Sam.', limit: 100, readOnly: false };
const edit = (value: string, change: BlockEdit): EditResult => editBlock([persona, human(value)], change);
const replace = (value: string, oldString: string, newString: string): EditResult =>
  edit(value, { kind: 'memory_replace', label: 'human', oldString, newString });
const insert = (value: string, newString: string, insertLine: number): EditResult =>
  edit(value, { kind: 'memory_insert', label: 'human', newString, insertLine });
const coreReplace = (value: string, oldContent: string, newContent: string): EditResult =>
  edit(value, { kind: 'core_memory_replace', label: 'human', oldContent, newContent });
const rethink = (newMemory: string): BlockEdit => ({ kind: 'memory_rethink', label: 'human', newMemory });
const ok = (value: string): EditResult => ({ kind: 'ok', value });
const refused = (message: string): EditResult => ({ kind: 'error', errorType: 'ValueError', message });

describe('editBlock', () => {
  it('tells which blocks there are when the label is unknown', () => {
    assert.deepEqual(editBlock([persona, human('')], { kind: 'core_memory_append', label: 'Human', content: 'x' }), {
      kind: 'error',
      errorType: 'KeyError',
      message: 'Block field Human does not exist (available sections = persona, human)',
    });
  });

  it('refuses every kind of edit of a read-only block', () => {
    const edits: BlockEdit[] = [
      { kind: 'core_memory_append', label: 'human', content: 'x' },
      { kind: 'core_memory_replace', label: 'human', oldContent: 'a', newContent: 'x' },
      { kind: 'memory_replace', label: 'human', oldString: 'a', newString: 'x' },
      { kind: 'memory_insert', label: 'human', newString: 'x', insertLine: -1 },
      rethink('x'),
    ];
    for (const change of edits) {
      assert.deepEqual(
        editBlock([human('a', { readOnly: true })], change),
        refused('Error This block is read-only and cannot be edited.'),
        change.kind,
      );
    }
  });

  describe('core_memory_append', () => {
    it('adds a line, even to an empty block', () => {
      assert.deepEqual(edit('Name: Ada', { kind: 'core_memory_append', label: 'human', content: 'Age: 36' }), ok('Name: Ada\nAge: 36'));
      assert.deepEqual(edit('', { kind: 'core_memory_append', label: 'human', content: 'Age: 36' }), ok('\nAge: 36'));
    });
  });

  describe('core_memory_replace', () => {
    it('replaces every occurrence', () => {
      assert.deepEqual(coreReplace('tea, tea and tea', 'tea', 'coffee'), ok('coffee, coffee and coffee'));
    });

    it('takes special characters of replacements literally', () => {
      assert.deepEqual(coreReplace('costs 5', '5', "$& $1 $' $$"), ok("costs $& $1 $' $$"));
    });

    it('says when the old text is not there', () => {
      assert.deepEqual(coreReplace('Name: Ada', 'name', 'x'), refused("Old content 'name' not found in memory block 'human'"));
    });

    it('fills an empty block for an empty old text, and refuses an empty old text otherwise', () => {
      assert.deepEqual(coreReplace('', '', 'Name: Ada'), ok('Name: Ada'));
      assert.deepEqual(coreReplace('abc', '', 'x'), refused("Old content '' not found in memory block 'human'"));
    });
  });

  describe('memory_replace', () => {
    it('replaces the one occurrence', () => {
      assert.deepEqual(replace('Likes tea.\nHas a dog.', 'tea', 'coffee'), ok('Likes coffee.\nHas a dog.'));
      assert.deepEqual(replace('Likes tea.\nHas a dog.', '\nHas a dog.', ''), ok('Likes tea.'));
    });

    it('takes special characters of replacements literally', () => {
      assert.deepEqual(replace('costs 5', '5', '$&$$'), ok('costs $&$$'));
    });

    it('says when the old text is not there', () => {
      assert.deepEqual(
        replace('Likes tea.', 'Tea', 'x'),
        refused('No replacement was performed, old_string `Tea` did not appear verbatim in memory block with label `human`.'),
      );
    });

    it('names the lines when the old text is ambiguous', () => {
      assert.deepEqual(
        replace('tea\nmilk\ntea and tea', 'tea', 'x'),
        refused('No replacement was performed. Multiple occurrences of old_string `tea` in lines [1, 3]. Please ensure it is unique.'),
      );
    });

    it('finds text that spans lines ambiguous without naming lines', () => {
      assert.deepEqual(
        replace('a\nb\na\nb', 'a\nb', 'x'),
        refused('No replacement was performed. Multiple occurrences of old_string `a\nb` in lines []. Please ensure it is unique.'),
      );
    });

    it('fills an empty block for an empty old text, and finds it ambiguous otherwise', () => {
      assert.deepEqual(replace('', '', 'Name: Ada'), ok('Name: Ada'));
      assert.equal(replace('a', '', 'x').kind, 'error');
    });

    it('matches tabs and the spaces that they look like', () => {
      assert.deepEqual(replace('a\tb', 'a       b', 'c'), ok('c'));
      assert.deepEqual(replace('a       b', 'a\tb', 'c\td'), ok('c       d'));
    });

    it('refuses displayed line numbers and the warning, in the old as in the new text', () => {
      const note = 'Do not include line numbers when calling memory tools (line numbers are for display purposes only).';
      assert.deepEqual(replace('tea', '1→ tea', 'x'), refused(`old_string contains a line number prefix, which is not allowed. ${note}`));
      assert.deepEqual(
        replace('tea', 'tea', 'x\n  12→y'),
        refused(`new_string contains a line number prefix, which is not allowed. ${note}`),
      );
      assert.deepEqual(
        replace('tea', lineNumberWarning, 'x'),
        refused(`old_string contains a line number warning, which is not allowed. ${note}`),
      );
    });

    it('allows an arrow that is no line number', () => {
      assert.deepEqual(replace('tea', 'tea', 'tea→coffee, 1 → 2'), ok('tea→coffee, 1 → 2'));
    });
  });

  describe('memory_insert', () => {
    it('inserts behind the line of the number', () => {
      assert.deepEqual(insert('a\nb', 'x', 0), ok('x\na\nb'));
      assert.deepEqual(insert('a\nb', 'x\ny', 1), ok('a\nx\ny\nb'));
      assert.deepEqual(insert('a\nb', 'x', 2), ok('a\nb\nx'));
    });

    it('appends for -1', () => {
      assert.deepEqual(insert('a\nb', 'x', -1), ok('a\nb\nx'));
      assert.deepEqual(insert('', 'x', -1), ok('\nx'));
    });

    it('refuses a line that is not there', () => {
      const message = (line: number): string =>
        `Invalid \`insert_line\` parameter: ${line}. It should be within the range of lines of the memory block: [0, 2], or -1 to append to the end of the memory block.`;
      for (const line of [3, -2, 1.5]) assert.deepEqual(insert('a\nb', 'x', line), refused(message(line)));
    });

    it('refuses displayed line numbers', () => {
      assert.equal(insert('a', '2→ x', -1).kind, 'error');
    });
  });

  describe('memory_rethink', () => {
    it('takes the new text as the whole value, tabs included', () => {
      assert.deepEqual(edit('a\nb', rethink('all\tnew')), ok('all\tnew'));
    });

    it('refuses displayed line numbers', () => {
      assert.equal(edit('a', rethink('1→ x')).kind, 'error');
    });
  });

  describe('limit', () => {
    it('is not held unless asked for', () => {
      assert.equal(editBlock([human('', { limit: 3 })], rethink('four')).kind, 'ok');
    });

    it('refuses an edit that exceeds it when held, counting characters', () => {
      const held = { enforceLimit: true };
      assert.deepEqual(editBlock([human('', { limit: 3 })], rethink('👍👍👍'), held), ok('👍👍👍'));
      assert.deepEqual(
        editBlock([human('', { limit: 3 })], rethink('four'), held),
        refused('Edit failed: Exceeds 3 character limit (requested 4)'),
      );
    });
  });
});
