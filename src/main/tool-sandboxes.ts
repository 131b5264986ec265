import { join, resolve } from 'node:path';
import { environment } from '../config/env.js';
import { npmInstallEnvironment } from '../config/install-environment.js';
import type { Settings } from '../config/settings.js';
import { packageFile } from '../config/version.js';
import { SandboxUnavailable } from '../domain/sandbox/code-sandbox.js';
import type { CodeSandbox, SandboxLanguage } from '../domain/sandbox/code-sandbox.js';
import { cacheFolder } from '../embedded/services.js';
import { createDenoHost } from '../providers/sandboxes/deno/deno-host.js';
import { installedDeno } from '../providers/sandboxes/deno/deno-program.js';
import { createDenoSandbox } from '../providers/sandboxes/deno/deno-sandbox.js';
import type { DenoSandbox } from '../providers/sandboxes/deno/deno-sandbox.js';
import { createNpmPackages } from '../providers/sandboxes/deno/npm-packages.js';
import { createPythonSandbox } from '../providers/sandboxes/python/python-sandbox.js';
import type { PythonSandbox } from '../providers/sandboxes/python/python-sandbox.js';

export interface ToolSandbox extends CodeSandbox {
  /** Ends the processes that wait for calls. */
  close(): Promise<void>;
}

/** What runs the code of tools in this process. */
export function createToolSandbox(settings: Settings, onWarning: (text: string) => void = () => undefined): ToolSandbox {
  const shared = { ...sharedOptions(settings), onWarning };
  const python = pythonSandbox(settings, shared);
  const deno = denoSandbox(settings, shared);
  const byLanguage: Readonly<Record<SandboxLanguage, CodeSandbox | null>> = {
    python,
    typescript: deno,
    javascript: deno,
    r: null,
    java: null,
  };
  return {
    async close() {
      await Promise.all([python.close(), deno.close()]);
    },
    async run(run, signal) {
      const sandbox = byLanguage[run.language];
      if (sandbox === null) throw new SandboxUnavailable(`No sandbox of this server runs ${run.language}: use python, js or ts.`);
      return sandbox.run(run, signal);
    },
  };
}

type SharedOptions = ReturnType<typeof sharedOptions> & { readonly onWarning: (text: string) => void };

function sharedOptions(settings: Settings) {
  const cacheDir = cacheFolder(settings);
  return {
    searchPath: environment()['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
    assets: packageFile('assets/sandbox'),
    // A server may be installed below /usr, with its data beside it.
    hidden: [packageFile(''), resolve(settings.dataDir), cacheDir],
    stagingFolder: join(cacheDir, 'sandbox-mounts'),
    network: settings.toolNetwork,
    warm: { size: settings.toolWarm, most: settings.toolWarmMost, idleMs: settings.toolWarmIdleMs },
    jailLimits: {
      addressSpaceBytes: settings.toolMemoryBytes,
      memoryBytes: settings.toolMemoryBytes,
      processes: settings.toolProcesses,
      cpuSeconds: settings.toolCpuSeconds,
      openFiles: settings.toolOpenFiles,
      diskBytes: settings.toolDiskBytes,
    },
    limits: { memoryBytes: settings.toolMemoryBytes, outputBytes: settings.toolOutputBytes, resultBytes: settings.toolResultBytes },
  };
}

function pythonSandbox(settings: Settings, shared: SharedOptions): PythonSandbox {
  return createPythonSandbox({
    ...shared,
    walls: settings.toolSandbox,
    python: settings.toolPython,
    packages: {
      folder: join(cacheFolder(settings), 'python-environments'),
      kept: settings.packageEnvironments,
      environment: environment(),
      network: settings.packageNetwork,
      runsSetups: settings.packageSources,
      maxBytes: settings.packageBytes,
      timeoutMs: settings.toolInstallTimeoutMs,
    },
  });
}

function denoSandbox(settings: Settings, shared: SharedOptions): DenoSandbox {
  const deno = settings.toolDeno ?? installedDeno();
  if (deno === null)
    return {
      close: () => Promise.resolve(),
      run: () =>
        Promise.reject(
          new SandboxUnavailable('npm has no Deno for this machine, which runs TypeScript and JavaScript. See PERDURA_TOOL_DENO.'),
        ),
    };
  const packagesFolder = join(cacheFolder(settings), 'npm-packages');
  const install = { environment: npmInstallEnvironment(environment()), timeoutMs: settings.toolInstallTimeoutMs };
  return createDenoSandbox({
    outcomeLimits: shared,
    warm: shared.warm,
    packages: createNpmPackages({ ...install, deno, folder: packagesFolder }),
    host: createDenoHost({ ...shared, deno, packagesFolder }),
  });
}
