import { defineBuiltin } from './builtin-tool.js';

const label = { type: 'string', description: 'Label of the memory block to edit, as it stands in your memory section.' };

export const coreMemoryAppend = defineBuiltin('letta_memory_core', {
  name: 'core_memory_append',
  description: 'Add a new line at the end of a memory block. Use it for something new that does not change what is there already.',
  properties: { label, content: { type: 'string', description: 'The text to add. It starts on a line of its own.' } },
});

export const coreMemoryReplace = defineBuiltin('letta_memory_core', {
  name: 'core_memory_replace',
  description:
    'Replace text in a memory block: correct what is wrong, update what has changed, delete what no longer matters (with an empty new_content). ' +
    'Every place where old_content stands is replaced.',
  properties: {
    label,
    old_content: { type: 'string', description: 'The text to replace, exactly as it stands in the block.' },
    new_content: { type: 'string', description: 'The text that takes its place. Empty to delete.' },
  },
});

export const memoryReplace = defineBuiltin('letta_sleeptime_core', {
  name: 'memory_replace',
  description:
    'Replace one passage of a memory block. The old text has to match the block exactly, white space included, and stand there only once: ' +
    'take in a neighbouring word or line when it would be ambiguous. Line numbers are a display and no part of the text: never include them.\n\n' +
    'Examples:\n' +
    '    memory_replace(label="human", old_string="Works at Acme", new_string="Works at Globex since March 2025")\n' +
    '    memory_replace(label="human", old_string="Has a cold.\\n", new_string="")',
  properties: {
    label,
    old_string: { type: 'string', description: 'The text to replace, exactly as it stands in the block, without line numbers.' },
    new_string: { type: 'string', description: 'The text that takes its place, without line numbers. Empty to delete.' },
  },
});

export const memoryInsert = defineBuiltin('letta_sleeptime_core', {
  name: 'memory_insert',
  description:
    'Insert text into a memory block as lines of their own, without changing what is there. Line numbers are a display and no part of the text: never include them.\n\n' +
    'Examples:\n' +
    '    memory_insert(label="human", new_string="Has a dog named Rex.")\n' +
    '    memory_insert(label="todo", new_string="- call the bank first", insert_line=0)',
  required: ['label', 'new_string'],
  properties: {
    label,
    new_string: { type: 'string', description: 'The text to insert, without line numbers.' },
    insert_line: {
      type: 'integer',
      description: 'The text goes behind this line: 0 for the beginning of the block, -1 for its end. -1 when left out.',
    },
  },
});

export const memoryRethink = defineBuiltin('letta_sleeptime_core', {
  name: 'memory_rethink',
  description:
    'Write a memory block anew. What you pass becomes its whole content, so carry over everything that is still worth knowing. ' +
    'Meant for reorganising, condensing or merging; for a small change use a smaller tool.',
  properties: { label, new_memory: { type: 'string', description: 'The complete new content of the block, without line numbers.' } },
});

export const memoryFinishEdits = defineBuiltin('letta_sleeptime_core', {
  name: 'memory_finish_edits',
  description:
    'Declare that you have finished editing memory. Call it once, after your last edit, or at once when there is nothing to change.',
  properties: {},
});

export const memoryApplyPatch = defineBuiltin('letta_memory_core', {
  name: 'memory_apply_patch',
  description:
    'Change memory blocks by a patch. For one block: lines that begin with a space (stay as they are), "-" (go) or "+" (come), with enough lines around ' +
    'a change to make its place unmistakable; "@@" on a line of its own parts changes that lie apart. Without any line that stays or goes, the new lines ' +
    'come at the end.\n\n' +
    'For several blocks at once, all of it or nothing, the patch has headers, and label is not looked at: "*** Add Block: <label>" (then "Description: ..." ' +
    'and lines with "+"), "*** Update Block: <label>" (then, to rename it, "*** Move to: <label>"; then changes), "*** Delete Block: <label>".\n\n' +
    'Examples:\n' +
    '    memory_apply_patch(label="human", patch=" Name: Ada\\n-Works at Acme\\n+Works at Globex")\n' +
    '    memory_apply_patch(label="", patch="*** Add Block: project\\nDescription: Facts about the project.\\n+Due in May\\n*** Delete Block: scratch")',
  properties: {
    label: {
      type: 'string',
      description: 'Label of the memory block to edit, as it stands in your memory section; any text when the patch has headers.',
    },
    patch: { type: 'string', description: 'The patch, without line numbers.' },
  },
});

export const memory = defineBuiltin('letta_memory_core', {
  name: 'memory',
  description:
    'Create, edit, rename and delete memory blocks. A path is the label of a block; "/memories/<label>" is the same.\n\n' +
    'Commands and their arguments:\n' +
    '    create: path, description, file_text (the value; empty when left out)\n' +
    '    str_replace: path, old_string, new_string (old_string has to stand in the block exactly once)\n' +
    '    insert: path, insert_text, insert_line (0 for the beginning, -1 or left out for the end)\n' +
    '    delete: path\n' +
    '    rename: old_path, new_path; or path, description to change what the block is described as\n\n' +
    'Examples:\n' +
    '    memory(command="create", path="/memories/project", description="Facts about the project.", file_text="Due in May")\n' +
    '    memory(command="str_replace", path="/memories/project", old_string="May", new_string="June")\n' +
    '    memory(command="rename", old_path="/memories/project", new_path="/memories/heron")',
  required: ['command'],
  properties: {
    command: { type: 'string', enum: ['create', 'str_replace', 'insert', 'delete', 'rename'], description: 'What to do.' },
    path: { type: 'string', description: 'The block, for all commands but to rename one.' },
    file_text: { type: 'string', description: 'create: the value of the new block.' },
    description: { type: 'string', description: 'create: what the block is for. rename with path: its new description.' },
    old_string: {
      type: 'string',
      description: 'str_replace: the text to replace, exactly as it stands in the block, without line numbers.',
    },
    new_string: { type: 'string', description: 'str_replace: the text that takes its place. Empty to delete.' },
    insert_line: { type: 'integer', description: 'insert: the text goes behind this line.' },
    insert_text: { type: 'string', description: 'insert: the text, without line numbers.' },
    old_path: { type: 'string', description: 'rename: the block as it is called now.' },
    new_path: { type: 'string', description: 'rename: the name that it gets.' },
  },
});
