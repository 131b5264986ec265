import { loadSettings } from '../../src/config/settings.js';
import type { FunctionRun, SandboxOutcome, SandboxRun } from '../../src/domain/sandbox/code-sandbox.js';
import { createToolSandbox } from '../../src/main/tool-sandboxes.js';

export const never = new AbortController().signal;

/** A call of a Python function, as an executor makes it. */
export function pythonCall(source: string, entry: Partial<FunctionRun> = {}, run: Partial<SandboxRun> = {}): SandboxRun {
  const functionName = /^(?:async )?def (\w+)/m.exec(source)?.[1] ?? 'missing';
  return {
    language: 'python',
    source,
    entry: { kind: 'function', functionName, args: {}, argOrder: [], agentState: null, ...entry },
    environment: {},
    packages: [],
    network: 'public',
    timeoutMs: 30_000,
    organizationId: 'org-1',
    key: 'call-1',
    ...run,
  };
}

/** A sandbox of these settings, and what a source does in it. */
export function sandboxWith(environment: Readonly<Record<string, string>> = {}) {
  const sandbox = createToolSandbox(loadSettings(environment));
  return {
    sandbox,
    close: () => sandbox.close(),
    run: (source: string, entry?: Partial<FunctionRun>, run?: Partial<SandboxRun>): Promise<SandboxOutcome> =>
      sandbox.run(pythonCall(source, entry, run), never),
  };
}
