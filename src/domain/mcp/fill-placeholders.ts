import type { McpConfig } from './mcp-server.js';

/** `{{ NAME }}`, or `{{ NAME | what holds without it }}`. */
const placeholder = /\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*(?:\|\s*(.*?)\s*)?\}\}/g;

export interface FilledConfig {
  readonly config: McpConfig;
  /** Names that have neither a value nor a default: they stay as they are written. */
  readonly missing: readonly string[];
}

/** Puts the values of an agent's secrets in the place of what stands for them in URL, token, headers, arguments and environment. */
export function fillPlaceholders(config: McpConfig, secrets: Readonly<Record<string, string>>): FilledConfig {
  const missing = new Set<string>();
  const fill = (text: string): string =>
    text.replace(placeholder, (whole, name: string, fallback: string | undefined) => {
      if (Object.hasOwn(secrets, name)) return secrets[name] ?? whole;
      if (fallback !== undefined) return fallback;
      missing.add(name);
      return whole;
    });
  const fillAll = (values: Readonly<Record<string, string>> | null): Record<string, string> | null =>
    values === null ? null : Object.fromEntries(Object.entries(values).map(([name, value]) => [name, fill(value)]));
  const filled: McpConfig =
    config.type === 'stdio'
      ? { ...config, args: config.args.map(fill), env: fillAll(config.env) }
      : { ...config, url: fill(config.url), token: config.token === null ? null : fill(config.token), headers: fillAll(config.headers) };
  return { config: filled, missing: [...missing] };
}

/** Something in the place of each placeholder, so that the rest of a URL can be judged. */
export function withoutPlaceholders(text: string): string {
  return text.replace(placeholder, (_, _name: string, fallback: string | undefined) => fallback ?? 'placeholder');
}
