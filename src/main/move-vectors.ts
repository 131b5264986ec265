import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Settings } from '../config/settings.js';
import type { IndexStatus } from '../domain/vectors/carrying.js';
import { vectorStoreNames } from '../domain/vectors/vector-store.js';
import { findServices } from '../embedded/services.js';
import { StartupError } from '../embedded/startup-error.js';
import { createBackend } from './backend.js';
import { useVectorStore } from './vector-stores.js';

const usage = `npm run vectors:move -- --to <${vectorStoreNames.join(' | ')}> [--refill]`;
const pollMs = 500;

/**
 * Moves all vectors to another store while the server runs, and tells how far it is. The move is a row and a workflow: it goes on when this ends, and a
 * second call of the same command watches the first one's move. `--refill` has a store that is in use filled again: it has lost something.
 */
export async function moveVectors(args: readonly string[], settings: Settings, logger: Logger): Promise<void> {
  const [option, asked, ...more] = args;
  const store = option === '--to' ? vectorStoreNames.find(name => name === asked) : undefined;
  const refill = more[0] === '--refill';
  if (store === undefined || more.length > (refill ? 1 : 0)) throw new StartupError(`Usage: ${usage}`);
  const say = (text: string): boolean => process.stdout.write(`${text}\n`);
  const backend = await createBackend(settings, await findServices(settings), logger);
  try {
    await useVectorStore(backend, store, { refill });
    for (let shown = ''; ; await delay(pollMs)) {
      const statuses = await backend.vectorIndexes.statuses();
      const text = statuses.map(describeStatus).join('; ');
      if (text !== shown) say(text === '' ? 'no store beside Postgres' : text);
      shown = text;
      const isActive = store === 'pgvector' || statuses.some(({ name, state }) => name === store && state === 'active');
      const others = statuses.filter(({ name }) => name !== store);
      if (isActive && others.every(({ state, lastError }) => state === 'leaving' && lastError !== null)) {
        for (const { name } of others) say(`${name} does not answer. It is asked for an hour to forget what it holds.`);
        break;
      }
    }
    say(`Vectors are searched in ${store}. Every server has to have the address of it, and no other PERDURA_VECTOR_STORE.`);
  } finally {
    await backend.close();
  }
}

function describeStatus({ name, state, filled, pending, refused, lastError }: IndexStatus): string {
  return `${name} is ${state}, ${filled} filled in, ${pending} changes wait${refused === 0 ? '' : ` (${refused} of them refused)`}${lastError === null ? '' : `, last error: ${lastError}`}`;
}
