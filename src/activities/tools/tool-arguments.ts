import { parseLocalTime } from '../../domain/time/parse-local-time.js';
import type { ToolResult } from '../../domain/tools/tool-result.js';

/** Arguments as models write them: what is there in another type is read with good will, what cannot be read is an error for the model. */
export class ToolArgumentError extends Error {
  override readonly name = 'ValueError';
}

export type ToolArguments = Readonly<Record<string, unknown>>;

export function requiredText(args: ToolArguments, name: string): string {
  const value = optionalText(args, name);
  if (value === null) throw new ToolArgumentError(`Missing required argument: ${name}`);
  return value;
}

export function optionalText(args: ToolArguments, name: string): string | null {
  const value = args[name];
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export function textList(args: ToolArguments, name: string): readonly string[] {
  const value = args[name];
  if (typeof value === 'string') return value === '' ? [] : [value];
  return Array.isArray(value) ? value.map(String) : [];
}

/** At least 1, at most `most`. */
export function count(args: ToolArguments, name: string, fallback: number, most: number): number {
  const value = Number(args[name] ?? fallback);
  if (!Number.isFinite(value)) throw new ToolArgumentError(`Invalid ${name}: a whole number is needed`);
  return Math.min(most, Math.max(1, Math.floor(value)));
}

export function moment(args: ToolArguments, name: string, timezone: string | null, edge: 'start' | 'end'): Date | null {
  const text = optionalText(args, name);
  if (text === null || text === '') return null;
  const at = parseLocalTime(text, timezone, edge);
  if (at === null) throw new ToolArgumentError(`Invalid ${name} format: ${text}. Use ISO 8601 format (YYYY-MM-DD or YYYY-MM-DDTHH:MM)`);
  return at;
}

/** Runs an executor's work; an argument that cannot be read becomes its result. */
export async function withArgumentErrors(work: () => Promise<ToolResult>): Promise<ToolResult> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ToolArgumentError) return { status: 'error', value: error.message };
    throw error;
  }
}
