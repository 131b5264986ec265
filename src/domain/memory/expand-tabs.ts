const width = 8;

/** Tabs as spaces up to the next column that is a multiple of 8, so that texts that look the same are the same. */
export function expandTabs(text: string): string {
  if (!text.includes('\t')) return text;
  return text.replace(/[^\r\n]+/g, expandLine);
}

function expandLine(line: string): string {
  let expanded = '';
  let column = 0;
  for (const character of line) {
    const spaces = width - (column % width);
    expanded += character === '\t' ? ' '.repeat(spaces) : character;
    column += character === '\t' ? spaces : 1;
  }
  return expanded;
}
