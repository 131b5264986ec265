import { join, resolve } from 'node:path';
import { environment } from '../config/env.js';
import type { Settings } from '../config/settings.js';
import { packageFile } from '../config/version.js';
import { cacheFolder } from '../embedded/services.js';
import { createPythonSandbox } from '../providers/sandboxes/python/python-sandbox.js';
import type { PythonSandbox } from '../providers/sandboxes/python/python-sandbox.js';

/** What runs the code of tools in this process. */
export function createToolSandbox(settings: Settings, onWarning: (text: string) => void = () => undefined): PythonSandbox {
  const cacheDir = cacheFolder(settings);
  const memoryBytes = settings.toolMemoryBytes;
  return createPythonSandbox({
    searchPath: environment()['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
    python: settings.toolPython,
    assets: packageFile('assets/sandbox'),
    // A server may be installed below /usr, with its data beside it.
    hidden: [packageFile(''), resolve(settings.dataDir), cacheDir],
    stagingFolder: join(cacheDir, 'sandbox-mounts'),
    network: settings.toolNetwork,
    onWarning,
    jailLimits: {
      addressSpaceBytes: memoryBytes,
      memoryBytes,
      processes: settings.toolProcesses,
      cpuSeconds: settings.toolCpuSeconds,
      openFiles: settings.toolOpenFiles,
      diskBytes: settings.toolDiskBytes,
    },
    warm: { size: settings.toolWarm, most: settings.toolWarmMost, idleMs: settings.toolWarmIdleMs },
    packages: {
      folder: join(cacheDir, 'python-environments'),
      kept: settings.packageEnvironments,
      environment: environment(),
      network: settings.packageNetwork,
      runsSetups: settings.packageSources,
      maxBytes: settings.packageBytes,
      timeoutMs: settings.toolInstallTimeoutMs,
    },
    limits: { memoryBytes, outputBytes: settings.toolOutputBytes, resultBytes: settings.toolResultBytes },
  });
}
