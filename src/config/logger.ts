import { pino } from 'pino';
import type { Logger } from 'pino';
import type { Settings } from './settings.js';

/** One line of JSON an entry; readable lines where a person looks on. Members that may hold secrets are cut out. */
export function createLogger({ logLevel }: Pick<Settings, 'logLevel'>, role: string): Logger {
  const options = {
    level: logLevel,
    base: { role },
    redact: {
      paths: ['apiKey', 'password', 'authorization', '*.apiKey', '*.password', '*.authorization', 'err.config', 'err.parameters'],
      remove: true,
    },
  };
  return process.stdout.isTTY
    ? pino({ ...options, transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname,role' } } })
    : pino(options);
}
