import { countCharacters } from '../memory/count-characters.js';
import { lineNumberWarning, numberLines } from '../memory/line-numbers.js';

export interface PromptBlock {
  readonly label: string;
  readonly value: string;
  readonly description: string | null;
  /** Characters. */
  readonly limit: number;
  readonly readOnly: boolean;
}

/** The memory section of a system message: every block with its description, its size and its value; empty without blocks. */
export function compileMemory(blocks: readonly PromptBlock[], numbersLines: boolean): string {
  if (blocks.length === 0) return '';
  const rendered = blocks.map(block => renderBlock(block, numbersLines)).join('\n\n');
  return `<memory_blocks>\nThe following memory blocks are currently engaged in your core memory unit:\n\n${rendered}\n\n</memory_blocks>`;
}

function renderBlock(block: PromptBlock, numbersLines: boolean): string {
  const facts = [
    ...(block.readOnly ? ['- read_only=true'] : []),
    `- chars_current=${countCharacters(block.value)}`,
    `- chars_limit=${block.limit}`,
  ];
  const value = numbersLines ? numberLines(block.value) : block.value;
  return [
    `<${block.label}>`,
    '<description>',
    block.description ?? '',
    '</description>',
    '<metadata>',
    ...facts,
    '</metadata>',
    ...(numbersLines ? ['<warning>', lineNumberWarning, '</warning>'] : []),
    '<value>',
    value,
    '</value>',
    `</${block.label}>`,
  ].join('\n');
}
