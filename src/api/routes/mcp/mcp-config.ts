import { BlockList, isIP } from 'node:net';
import type { ChangedConfigBody, NewConfigBody } from '../../../contract/mcp-servers.contract.js';
import { RequestError } from '../../../domain/errors.js';
import { withoutPlaceholders } from '../../../domain/mcp/fill-placeholders.js';
import type { HttpConfig, McpConfig, StdioConfig } from '../../../domain/mcp/mcp-server.js';
import { refuseCommand } from '../../../domain/mcp/refuse-command.js';
import { refuseVariables } from '../../../domain/mcp/refuse-variables.js';

export interface McpRules {
  /** Whether addresses of this machine and of private networks may be called. */
  readonly allowPrivate: boolean;
  /** Null = servers over stdio are off. */
  readonly stdioCommands: readonly string[] | null;
}

export function toConfig(body: NewConfigBody): McpConfig {
  if (body.mcp_server_type === 'stdio') return { type: 'stdio', command: body.command, args: body.args, env: body.env ?? null };
  const authHeader = body.auth_header ?? null;
  return {
    type: body.mcp_server_type,
    url: body.server_url,
    authHeader,
    token: toToken(body.auth_token ?? null, authHeader),
    headers: body.custom_headers ?? null,
  };
}

/** What is left out stays as it is, and so do an address and a command that are null; null takes everything else away. */
export function changedConfig(config: McpConfig, body: ChangedConfigBody): McpConfig {
  if (body.mcp_server_type === 'stdio') return changedStdio(config.type === 'stdio' ? config : null, body);
  const before = config.type === 'stdio' ? null : config;
  const url = body.server_url ?? before?.url;
  if (url === undefined) throw new RequestError('invalid', `server_url is needed to make a server of type ${body.mcp_server_type}`);
  const authHeader = body.auth_header === undefined ? (before?.authHeader ?? null) : body.auth_header;
  return {
    type: body.mcp_server_type,
    url,
    authHeader,
    token: body.auth_token === undefined ? tokenFor(before, url) : toToken(body.auth_token, authHeader),
    headers: body.custom_headers === undefined ? (before?.headers ?? null) : body.custom_headers,
  };
}

type StdioBody = Extract<ChangedConfigBody, { readonly mcp_server_type: 'stdio' }>;

function changedStdio(before: StdioConfig | null, { command, args, env }: StdioBody): McpConfig {
  const [newCommand, newArgs] = [command ?? before?.command, args ?? before?.args];
  if (newCommand === undefined || newArgs === undefined)
    throw new RequestError('invalid', 'command and args are needed to make a server of type stdio');
  return { type: 'stdio', command: newCommand, args: newArgs, env: env === undefined ? (before?.env ?? null) : env };
}

/** A token goes nowhere but where it was given for. */
function tokenFor(before: HttpConfig | null, url: string): string | null {
  return before !== null && originOf(before.url) === originOf(url) ? before.token : null;
}

function originOf(url: string): string {
  const plain = withoutPlaceholders(url);
  return URL.canParse(plain) ? new URL(plain).origin : plain;
}

/** Kept without V1's `Bearer `, which is put before it again. */
function toToken(token: string | null, authHeader: string | null): string | null {
  if (token === null || token === '') return null;
  const isBearer = authHeader === null || authHeader.toLowerCase() === 'authorization';
  return isBearer ? token.replace(/^Bearer\s+/i, '') : token;
}

/** Throws for a server that would never be called. A name that stands for a private address is found out when it is. */
export function checkConfig(config: McpConfig, { allowPrivate, stdioCommands }: McpRules): void {
  if (config.type === 'stdio') {
    const reason = refuseCommand(config.command, stdioCommands) ?? refuseVariables(Object.keys(config.env ?? {}));
    if (reason !== null) throw new RequestError('invalid', reason);
    return;
  }
  const plain = withoutPlaceholders(config.url);
  const url = URL.canParse(plain) ? new URL(plain) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new RequestError('unprocessable', `server_url has to be an http or https URL, not '${config.url}'`);
  }
  if (!allowPrivate && isPrivateHost(url.hostname)) {
    throw new RequestError(
      'unprocessable',
      `server_url leads to '${url.hostname}', which is this machine or a private network: PERDURA_ALLOW_PRIVATE_URLS allows it`,
    );
  }
  for (const name of [config.authHeader ?? 'Authorization', ...Object.keys(config.headers ?? {})]) {
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) throw new RequestError('unprocessable', `'${name}' cannot be the name of a header`);
  }
}

function isPrivateHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (/(^|\.)(localhost|local|internal|localdomain)$/i.test(host)) return true;
  const version = isIP(host);
  return version !== 0 && privateRanges.check(host, version === 4 ? 'ipv4' : 'ipv6');
}

const privateRanges = new BlockList();
for (const [address, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  privateRanges.addSubnet(address, prefix, 'ipv4');
for (const [address, prefix] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
  ['::ffff:0:0', 96],
] as const)
  privateRanges.addSubnet(address, prefix, 'ipv6');
