import 'reflect-metadata';
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { createLogger } from '../../src/config/logger.js';
import { loadSettings } from '../../src/config/settings.js';
import { claimRole } from '../../src/embedded/process-files.js';
import { findServices } from '../../src/embedded/services.js';
import { runApi } from '../../src/main/api-role.js';
import { createBackend } from '../../src/main/backend.js';
import { installTemporalLogger } from '../../src/temporal/runtime-logger.js';
import type { ApiMeasure } from './cluster.js';

/** The API role with one addition: it tells its parent, when asked, what it holds. */
const settings = loadSettings(process.env);
const logger = createLogger(settings, 'api');
installTemporalLogger(logger);
await claimRole(resolve(settings.dataDir), 'api');
const backend = await createBackend(settings, await findServices(settings), logger);
const api = await runApi(backend, settings, logger);

process.on('message', () => {
  global.gc?.();
  const measure: ApiMeasure = {
    heapBytes: process.memoryUsage().heapUsed,
    readers: backend.events.readerCount(),
    openFiles: readdirSync('/proc/self/fd').length,
  };
  process.send?.(measure);
});
process.on('SIGTERM', () => {
  void api
    .stop()
    .then(() => backend.close())
    .then(() => process.exit(0));
});
process.stdout.write('api is ready\n');
