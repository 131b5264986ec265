import type { ToolReturn } from '../../domain/messages/content.js';
import { storableText } from '../../domain/storable-text.js';
import { cutValue } from '../../domain/tools/pack-tool-return.js';
import type { ToolResult } from '../../domain/tools/tool-result.js';

/** What a tool has printed, as V1 shows it: one text each, none where nothing was printed, null where the tool is none that prints. */
export function printedLines(toolName: string, result: ToolResult, limit: number): Pick<ToolReturn, 'stdout' | 'stderr'> {
  const lines = (text: string | undefined): readonly string[] | null =>
    text === undefined ? null : text === '' ? [] : [cutValue(storableText(text), limit)];
  return { stdout: lines(result.stdout), stderr: lines(result.stderr) ?? errorLines(toolName, result) };
}

/** Characters. */
const longestErrorLine = 1000;

/** V1's line for what went wrong within a tool of its own; its text alone is what the model reads. */
function errorLines(toolName: string, { status, value, errorType }: ToolResult): readonly string[] | null {
  if (status !== 'error' || errorType === undefined || typeof value !== 'string') return null;
  return [`Error executing function ${toolName}: ${errorType}: ${value}`.slice(0, longestErrorLine)];
}
