import { define, flag, milliseconds, positive } from './define-setting.js';

/** How calls of tools are carried out. */
export const toolCallSettings = {
  toolTimeoutMs: define(
    ['PERDURA_TOOL_TIMEOUT_MS'],
    milliseconds.default(60_000),
    'How long a tool may take that names no limit of its own, in ms.',
  ),
  toolWorker: define(
    ['PERDURA_TOOL_WORKER'],
    flag.default(true),
    'Whether the roles all and worker run sandboxed tools too. Set false where processes of the role tools do, on machines of their own.',
  ),
  toolSlots: define(['PERDURA_TOOL_SLOTS'], positive.default(50), 'Calls of sandboxed tools that one process runs at once; others wait.'),
  toolStartTimeoutMs: define(
    ['PERDURA_TOOL_START_TIMEOUT_MS'],
    milliseconds.default(120_000),
    'How long the call of a sandboxed tool waits for a process that runs it, in ms. After that the model is told that it was not run.',
  ),
  toolEndTimeoutMs: define(
    ['PERDURA_TOOL_END_TIMEOUT_MS'],
    milliseconds.default(5000),
    'How long a tool may take to end when it is cancelled or out of time, in ms. After that it is logged that something of it is left.',
  ),
  toolAttempts: define(
    ['PERDURA_TOOL_ATTEMPTS'],
    positive.default(5),
    'How often a tool call is tried in all, where the retry class of its tool lets it run again.',
  ),
} as const;
