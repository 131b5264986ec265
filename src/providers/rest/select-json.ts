import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

/** What is wrong with a JMESPath expression; null when it can be used. */
export async function selectionFault(expression: string): Promise<string | null> {
  try {
    (await import('@jmespath-community/jmespath')).compile(expression);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** A few characters can ask for any amount of work and of memory: `[@,@][]` twice as much each time. So it is done where it can be ended. */
const longestMs = 2000;
const memoryMb = 128;
/** Of what is found, as JSON: what comes over from the thread is held by this process. */
const longestText = 4_000_000;

interface Answer {
  readonly text?: string;
  readonly fault?: string;
}

/** What an expression finds in a value that is JSON. Throws when it takes too long, finds too much, or a function in it cannot use what it gets. */
export async function selectJson(json: unknown, expression: string, signal: AbortSignal): Promise<unknown> {
  signal.throwIfAborted();
  const library = pathToFileURL(createRequire(import.meta.url).resolve('@jmespath-community/jmespath')).href;
  const worker = new Worker(inThread, {
    eval: true,
    env: {},
    execArgv: [],
    workerData: { library, text: JSON.stringify(json), expression, longestText },
    resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: memoryMb / 4 },
  });
  try {
    const answer = await answerOf(worker, AbortSignal.any([signal, AbortSignal.timeout(longestMs)]));
    if (answer.text === undefined) throw new Error(answer.fault ?? 'it has found nothing that can be shown');
    return JSON.parse(answer.text) as unknown;
  } finally {
    await worker.terminate();
  }
}

function answerOf(worker: Worker, limit: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', (error: Error) => reject(new Error(isOutOfMemory(error) ? 'it takes too much memory' : error.message)));
    worker.once('exit', () => reject(new Error('it has ended without an answer')));
    limit.addEventListener('abort', () => reject(new Error('it takes too long')), { once: true });
  });
}

function isOutOfMemory(error: Error): boolean {
  return 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
}

/** Plain JavaScript: a thread has no loader of TypeScript. */
const inThread = `
const { parentPort, workerData } = require('node:worker_threads');
const { library, text, expression, longestText } = workerData;
import(library).then(({ search }) => {
  const found = JSON.stringify(search(JSON.parse(text), expression) ?? null);
  parentPort.postMessage(found.length > longestText ? { fault: 'it finds more than can be shown' } : { text: found });
}).catch(error => parentPort.postMessage({ fault: String(error && error.message || error) }));
`;
