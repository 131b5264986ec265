import type { EditResult } from './editable-block.js';
import { expandTabs } from './expand-tabs.js';
import { guarded } from './line-numbers.js';

interface LabelledText {
  readonly label: string;
  readonly value: string;
}

/** core_memory_replace: every place where the old text stands. */
export function replaceAll(block: LabelledText, oldContent: string, newContent: string): EditResult {
  // An empty text stands between all characters: replacing it makes sense in an empty block only.
  const isThere = oldContent === '' ? block.value === '' : block.value.includes(oldContent);
  if (!isThere) return failure(`Old content '${oldContent}' not found in memory block '${block.label}'`);
  return { kind: 'ok', value: oldContent === '' ? newContent : block.value.split(oldContent).join(newContent) };
}

/** memory_replace: the one place where the old text stands. */
export function replaceOnce(block: LabelledText, oldString: string, newString: string): EditResult {
  const artefact = guarded({ old_string: oldString, new_string: newString });
  if (artefact !== null) return failure(artefact);
  const value = expandTabs(block.value);
  const wanted = expandTabs(oldString);
  const pieces = wanted === '' ? [...value, ''] : value.split(wanted);
  if (pieces.length === 1 && wanted === '') return { kind: 'ok', value: expandTabs(newString) };
  if (pieces.length === 1) {
    return failure(
      `No replacement was performed, old_string \`${wanted}\` did not appear verbatim in memory block with label \`${block.label}\`.`,
    );
  }
  if (pieces.length === 2 && wanted !== '') return { kind: 'ok', value: pieces.join(expandTabs(newString)) };
  const lines = value.split('\n').flatMap((line, index) => (line.includes(wanted) ? [index + 1] : []));
  return failure(
    `No replacement was performed. Multiple occurrences of old_string \`${wanted}\` in lines [${lines.join(', ')}]. Please ensure it is unique.`,
  );
}

/** memory_insert: lines of their own behind a line, 0 being the beginning and -1 the end. */
export function insertLines(block: LabelledText, newString: string, insertLine: number): EditResult {
  const artefact = guarded({ new_string: newString });
  if (artefact !== null) return failure(artefact);
  const lines = expandTabs(block.value).split('\n');
  const position = insertLine === -1 ? lines.length : insertLine;
  if (!Number.isInteger(position) || position < 0 || position > lines.length) {
    return failure(
      `Invalid \`insert_line\` parameter: ${insertLine}. It should be within the range of lines of the memory block: [0, ${lines.length}], ` +
        'or -1 to append to the end of the memory block.',
    );
  }
  return { kind: 'ok', value: [...lines.slice(0, position), expandTabs(newString), ...lines.slice(position)].join('\n') };
}

function failure(message: string): EditResult {
  return { kind: 'error', errorType: 'ValueError', message };
}
