import { createCustomExecutor } from '../activities/tools/custom-executor.js';
import type { ToolExecutors } from '../activities/tools/tool-executor.js';
import { presentAgent } from '../api/presenters/agent-state.js';
import type { Settings } from '../config/settings.js';
import type { CodeSandbox } from '../domain/sandbox/code-sandbox.js';
import type { Backend } from './backend.js';

/** What runs tools of a source in this process. */
export function customExecutors(
  backend: Backend,
  settings: Settings,
  sandbox: CodeSandbox,
): Pick<ToolExecutors['kinds'], 'python' | 'typescript'> {
  const executor = createCustomExecutor({ ...backend, sandbox, presentAgent, toolTimeoutMs: settings.toolTimeoutMs });
  return { python: executor, typescript: executor };
}
