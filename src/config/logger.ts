import { pino } from 'pino';
import type { Logger } from 'pino';
import type { Settings } from './settings.js';

const secrets = ['apiKey', 'password', 'authorization', '*.apiKey', '*.password', '*.authorization', 'err.config'];
/** Where Postgres and TypeORM quote the values of a statement that has failed: they may be what people have said. */
const quoted = ['err.parameters', 'err.driverError', 'err.where', 'err.detail'];

export const logRedaction = { paths: [...secrets, ...quoted], remove: true };

/** One line of JSON an entry; readable lines where a person looks on. Members that may hold secrets or messages are cut out. */
export function createLogger({ logLevel }: Pick<Settings, 'logLevel'>, role: string): Logger {
  const options = {
    level: logLevel,
    base: { role },
    redact: logRedaction,
  };
  return process.stdout.isTTY
    ? pino({ ...options, transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname,role' } } })
    : pino(options);
}
