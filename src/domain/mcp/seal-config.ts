import type { SecretCipher } from '../secrets/secret-cipher.js';
import type { HttpConfig, McpConfig } from './mcp-server.js';

/** A configuration as it is kept: what may be secret is sealed. */
export interface SealedConfig {
  readonly type: McpConfig['type'];
  readonly url: string | null;
  readonly authHeader: string | null;
  readonly token: string | null;
  readonly headers: string | null;
  readonly command: string | null;
  readonly args: readonly string[] | null;
  readonly env: string | null;
}

const nothing = { url: null, authHeader: null, token: null, headers: null, command: null, args: null, env: null };

export function sealConfig(config: McpConfig, cipher: SecretCipher): SealedConfig {
  const sealed = (value: Readonly<Record<string, string>> | null): string | null =>
    value === null ? null : cipher.seal(JSON.stringify(value));
  if (config.type === 'stdio') {
    return { ...nothing, type: config.type, command: config.command, args: config.args, env: sealed(config.env) };
  }
  const { type, url, authHeader, token, headers } = config;
  return { ...nothing, type, url, authHeader, token: token === null ? null : cipher.seal(token), headers: sealed(headers) };
}

/** Throws UnreadableSecret when the key is another one. */
export function openConfig(sealed: SealedConfig, cipher: SecretCipher): McpConfig {
  const opened = (text: string | null): HttpConfig['headers'] =>
    text === null ? null : (JSON.parse(cipher.open(text)) as Readonly<Record<string, string>>);
  if (sealed.type === 'stdio') {
    return { type: sealed.type, command: sealed.command ?? '', args: sealed.args ?? [], env: opened(sealed.env) };
  }
  const { type, url, authHeader, token } = sealed;
  return { type, url: url ?? '', authHeader, token: token === null ? null : cipher.open(token), headers: opened(sealed.headers) };
}
