import { parseArguments } from '../../domain/tools/parse-arguments.js';

/**
 * The arguments of an earlier call as an object. Those for the loop stay in; of malformed ones, what the tool got: a provider refuses a history that
 * holds them, and the agent could never be called again.
 */
export function argumentsObject(text: string): Readonly<Record<string, unknown>> {
  return parseObject(text) ?? parseArguments(text).arguments;
}

/** The same as JSON text; well-formed arguments stay exactly as the model wrote them. */
export function argumentsText(text: string): string {
  return parseObject(text) === null ? JSON.stringify(argumentsObject(text)) : text;
}

function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}
