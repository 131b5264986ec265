import { z } from 'zod';
import { define, flag, milliseconds, positive, text, url } from './define-setting.js';

const seconds = z.coerce.number().positive().max(3600);
const commands = text.transform(value => value.split(',').map(entry => entry.trim()));

/** Settings of the MCP servers whose tools agents use. Servers of tools are reached by PERDURA_ALLOW_PRIVATE_URLS's rule. */
export const mcpSettings = {
  mcpConnectSeconds: define(
    ['MCP_CONNECT_TO_SERVER_TIMEOUT'],
    seconds.default(30),
    'How long an MCP server may take until a connection stands, in seconds.',
  ),
  mcpListSeconds: define(
    ['MCP_LIST_TOOLS_TIMEOUT'],
    seconds.default(30),
    'How long an MCP server may take to list its tools, prompts or resources, in seconds.',
  ),
  mcpCallSeconds: define(
    ['MCP_EXECUTE_TOOL_TIMEOUT'],
    seconds.default(60),
    'How long an MCP server may be silent in a call of a tool, in seconds: each word of its progress begins the time anew.',
  ),
  mcpDisableStdio: define(
    ['MCP_DISABLE_STDIO'],
    flag.default(true),
    'false allows MCP servers that are programs on this machine, of the commands in PERDURA_MCP_STDIO_COMMANDS.',
  ),
  mcpStdioCommands: define(
    ['PERDURA_MCP_STDIO_COMMANDS'],
    commands.default([]),
    'Commands that MCP servers over stdio may be started with, as they are written in requests, separated by commas; * for all. They run with the rights of this server.',
  ),
  mcpMaxConnections: define(
    ['PERDURA_MCP_MAX_CONNECTIONS'],
    positive.default(100),
    'Connections to MCP servers that a process keeps at most; a call beyond them gets one that is closed after it.',
  ),
  mcpIdleMs: define(
    ['PERDURA_MCP_IDLE_MS'],
    milliseconds.default(300_000),
    'How long a connection to an MCP server is kept that nobody uses, in ms.',
  ),
  mcpMaxBytes: define(['PERDURA_MCP_MAX_BYTES'], positive.default(10_000_000), 'Largest message that is read of an MCP server, in bytes.'),
  mcpBreakerFailures: define(
    ['PERDURA_MCP_BREAKER_FAILURES'],
    positive.default(5),
    'Failures in a row after which a worker leaves an MCP server alone for a while.',
  ),
  mcpBreakerMs: define(
    ['PERDURA_MCP_BREAKER_MS'],
    milliseconds.default(30_000),
    'For how long it is left alone, in ms. Then one call tries it.',
  ),
  mcpOauthWaitMs: define(
    ['PERDURA_MCP_OAUTH_WAIT_MS'],
    milliseconds.default(300_000),
    'How long somebody may take to sign in to an MCP server, in ms.',
  ),
  publicUrl: define(
    ['PERDURA_PUBLIC_URL'],
    url.nullable().default(null),
    'Root under which browsers reach this API, for where they come back to after they have signed in to an MCP server; the default is the host that was asked.',
  ),
} as const;
