import { McpFailure } from '../../domain/mcp/mcp-failure.js';
import type { McpFailureKind } from '../../domain/mcp/mcp-failure.js';
import { OutboundError } from '../outbound/outbound-fetch.js';
import type { McpSdk } from './mcp-sdk.js';

interface Failure {
  readonly kind: McpFailureKind;
  readonly text: string;
  readonly nothingSent: boolean;
}

export interface FailureContext {
  readonly serverName: string;
  /** Nothing is asked for before a connection stands. */
  readonly phase: 'connect' | 'ask';
  /** Takes out what is secret. */
  readonly redact: (text: string) => string;
  readonly sdk: McpSdk;
}

/** What has gone wrong while a server was talked to. */
export function toMcpFailure(error: unknown, { serverName, phase, redact, sdk }: FailureContext): McpFailure {
  if (error instanceof McpFailure) return error;
  const { kind, text, nothingSent } = classify(error, sdk);
  return new McpFailure(kind, `MCP server '${serverName}' ${verb(kind)}: ${redact(text)}`, nothingSent || phase === 'connect');
}

function verb(kind: McpFailureKind): string {
  switch (kind) {
    case 'unreachable':
      return 'cannot be reached';
    case 'timeout':
      return 'did not answer in time';
    case 'unauthorized':
      return 'wants somebody to sign in';
    case 'protocol':
      return 'broke off';
    default:
      return 'answered with an error';
  }
}

function classify(error: unknown, sdk: McpSdk): Failure {
  const text = error instanceof Error ? error.message || error.name : String(error);
  if (error instanceof OutboundError) return { kind: 'unreachable', text, nothingSent: error.nothingSent };
  if (error instanceof sdk.UnauthorizedError) return { kind: 'unauthorized', text, nothingSent: true };
  if (error instanceof sdk.McpError) return classifyAnswer(error.code, text);
  const status = statusOf(error, sdk);
  if (status !== null) return classifyStatus(status, text);
  if (error instanceof Error && error.name === 'TimeoutError')
    return { kind: 'timeout', text: 'no connection within the limit', nothingSent: true };
  if (text === 'Not connected') return { kind: 'protocol', text: 'the connection is gone', nothingSent: true };
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'ENOENT' || code === 'EACCES') return { kind: 'unreachable', text, nothingSent: true };
  return { kind: 'protocol', text, nothingSent: code === 'EPIPE' };
}

/** JSON-RPC: -32001 no answer in time, -32000 the connection is gone; all others are what the server says. */
function classifyAnswer(code: number, text: string): Failure {
  if (code === -32_001) return { kind: 'timeout', text, nothingSent: false };
  if (code === -32_000) return { kind: 'protocol', text, nothingSent: false };
  return { kind: 'error', text, nothingSent: false };
}

/** A session that the server does not know any more is 404: nothing was done then. Others of these statuses come from gateways too, when the request has been passed on. */
function classifyStatus(status: number, text: string): Failure {
  if (status === 401 || status === 403) return { kind: 'unauthorized', text, nothingSent: true };
  return { kind: status >= 500 ? 'unreachable' : 'protocol', text, nothingSent: status === 404 || status === 405 };
}

function statusOf(error: unknown, sdk: McpSdk): number | null {
  if (error instanceof sdk.StreamableHTTPError || error instanceof sdk.SseError)
    return error.code === undefined || error.code < 300 ? null : error.code;
  const status = error instanceof Error ? /^Error POSTing to endpoint \(HTTP (\d+)\)/.exec(error.message)?.[1] : undefined;
  return status === undefined ? null : Number(status);
}
