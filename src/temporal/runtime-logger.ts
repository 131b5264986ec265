import { Runtime } from '@temporalio/worker';
import type { Logger as TemporalLogger, LogLevel } from '@temporalio/worker';
import type { Logger } from 'pino';

const levels = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

const noWorkflows = 'No workflows registered, not polling for workflow tasks';

/** Sends what Temporal's SDK has to say to our log. Once a process, before the first connection. */
export function installTemporalLogger(logger: Logger): void {
  const log = (level: LogLevel, message: string, meta?: object): void => {
    // The SDK tells at `info` of every state that a worker passes through, and warns of what a worker for tools alone is meant to be.
    logger[level === 'INFO' || message === noWorkflows ? 'debug' : levels[level]]({ temporal: meta }, message);
  };
  const forwarded: TemporalLogger = {
    log,
    trace: (message, meta) => log('TRACE', message, meta),
    debug: (message, meta) => log('DEBUG', message, meta),
    info: (message, meta) => log('INFO', message, meta),
    warn: (message, meta) => log('WARN', message, meta),
    error: (message, meta) => log('ERROR', message, meta),
  };
  Runtime.install({ logger: forwarded, telemetryOptions: { logging: { forward: {}, filter: { core: 'WARN', other: 'ERROR' } } } });
}
