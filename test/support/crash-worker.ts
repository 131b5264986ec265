import 'reflect-metadata';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ToolExecutor } from '../../src/activities/tools/tool-executor.js';
import { loadSettings } from '../../src/config/settings.js';
import { createLogger } from '../../src/config/logger.js';
import { claimRole } from '../../src/embedded/process-files.js';
import { findServices } from '../../src/embedded/services.js';
import { createBackend } from '../../src/main/backend.js';
import { runTools, runWorker } from '../../src/main/worker-role.js';
import { installTemporalLogger } from '../../src/temporal/runtime-logger.js';
import { addTestTool } from './stack.js';

/**
 * The role worker, or tools, with two additions: it asks the test's controller before and after each activity whether to go on, and has a tool that calls out.
 * The controller answers when it likes, or kills this process meanwhile.
 */
const controller = process.env['CRASH_CONTROLLER'] ?? '';
const settings = loadSettings(process.env);
const role = process.argv[2] === 'tools' ? 'tools' : 'worker';
const logger = createLogger(settings, role);
installTemporalLogger(logger);
await claimRole(resolve(settings.dataDir), role);
const backend = await createBackend(settings, await findServices(settings), logger);
const retryClasses = ['never', 'on_interrupt', 'always'] as const;
const testTools = await Promise.all(retryClasses.map(retryClass => addTestTool(backend, retryClass)));
const codePath = process.env['CRASH_BUNDLE'] ?? '';

async function ask(path: string, body: unknown, signal?: AbortSignal): Promise<string> {
  const response = await fetch(`${controller}${path}`, { method: 'POST', body: JSON.stringify(body), ...(signal ? { signal } : {}) });
  return response.text();
}

const callOut: ToolExecutor = async (call, args, signal) => ({
  status: 'success',
  value: await ask('/effect', { key: call.id, args }, signal),
});

const worker = await (role === 'tools' ? runTools : runWorker)(backend, {
  settings,
  logger,
  ...(existsSync(codePath) ? { workflowBundle: { codePath } } : {}),
  interceptors: {
    activity: [
      context => ({
        inbound: {
          async execute(input, next) {
            const { activityType: activity, attempt, workflowExecution } = context.info;
            if (activity === 'reconcileConversations') return next(input);
            const boundary = { activity, attempt, workflowId: workflowExecution?.workflowId ?? '' };
            await ask('/boundary', { ...boundary, when: 'before' });
            const result: unknown = await next(input);
            await ask('/boundary', { ...boundary, when: 'after' });
            return result;
          },
        },
      }),
    ],
  },
  moreTools: Object.fromEntries(testTools.map(name => [name, callOut])),
});

const stop = (): void => {
  void worker
    .stop()
    .then(() => backend.close())
    .then(() => process.exit(0));
};
process.on('SIGTERM', stop);
process.stdout.write('worker ready\n');
