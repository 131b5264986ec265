import { mkdir } from 'node:fs/promises';
import { SandboxUnavailable } from '../../../domain/sandbox/code-sandbox.js';
import type { CodePackage, CodeSandbox, SandboxNetwork, SandboxRun } from '../../../domain/sandbox/code-sandbox.js';
import type { Jail, JailLimits } from '../bubblewrap/jail.js';
import { findJailHost } from '../bubblewrap/jail-host.js';
import { narrowed } from '../bubblewrap/network-policy.js';
import { startJail } from '../bubblewrap/start-jail.js';
import type { JailedProcess, JailHost } from '../bubblewrap/start-jail.js';
import { startUnwalled } from '../bubblewrap/start-unwalled.js';
import { lazy } from '../../lazy.js';
import { findPython } from './find-python.js';
import type { Python } from './find-python.js';
import { createInterpreter } from './interpreter.js';
import { createInstaller, packagesFolder } from './install-packages.js';
import type { InstallOptions } from './install-packages.js';
import type { Interpreter, InterpreterLimits } from './interpreter.js';
import { createInstallations } from './installations.js';
import type { Installations } from './installations.js';
import { createPackageEnvironments } from './package-environments.js';
import type { PackageEnvironmentsOptions } from './package-environments.js';
import { PackagesRefused, requirementsOf } from './package-key.js';
import { refusedPackages, toOutcome } from './to-outcome.js';
import { createWarmInterpreters } from './warm-interpreters.js';
import type { WarmOptions } from './warm-interpreters.js';

export interface PythonSandboxOptions {
  /** `none`: the operator insists on running code without them. */
  readonly walls: 'bubblewrap' | 'none';
  /** PATH, where the programs of the host are looked for. */
  readonly searchPath: string;
  /** The interpreter, by name or path. */
  readonly python: string;
  /** The package's files of sandboxes. */
  readonly assets: string;
  /** Folders that no code may see, wherever they lie. */
  readonly hidden: readonly string[];
  readonly stagingFolder: string;
  /** The widest that a run may have. */
  readonly network: SandboxNetwork;
  readonly onWarning: (text: string) => void;
  readonly jailLimits: JailLimits;
  readonly limits: InterpreterLimits;
  readonly warm: WarmOptions;
  readonly packages: Pick<PackageEnvironmentsOptions, 'folder' | 'kept'> & Omit<InstallOptions, 'assets' | 'stagingFolder'>;
}

const runnerFolder = '/opt/perdura/runner';

export interface PythonSandbox extends CodeSandbox {
  /** Ends the interpreters that wait. */
  close(): Promise<void>;
}

/** Runs Python in bubblewrap. */
export function createPythonSandbox(options: PythonSandboxOptions): PythonSandbox {
  const installations = createInstallations();
  const prepared = lazy(() => prepare(options, installations));
  const warm = createWarmInterpreters<Interpreter>(options.warm);
  return {
    async close() {
      await warm.close();
      await installations.close();
    },
    async run(run, signal) {
      signal.throwIfAborted();
      if (run.language !== 'python') throw new SandboxUnavailable(`This sandbox runs Python, not ${run.language}.`);
      const place = await prepared();
      const network = narrowed(place.network, run.network);
      try {
        const environment = run.packages.length === 0 ? null : await place.environmentOf(run.packages, signal);
        const start = (): Interpreter => createInterpreter(place.start(jailOf(place, network, environment, options)), options.limits);
        const interpreter = warm.take(`${network} ${environment ?? ''}`, start);
        const finished = await interpreter.run(jobOf(run, notesOf(place, network), options), run.timeoutMs, signal);
        signal.throwIfAborted();
        return toOutcome(run, finished, options);
      } catch (error) {
        if (error instanceof PackagesRefused) return refusedPackages(run, error.message);
        throw error;
      }
    },
  };
}

/** What this machine has for Python. */
interface Place extends Pick<JailHost, 'network' | 'networkNotes'> {
  readonly python: Python;
  start(jail: Jail): JailedProcess;
  environmentOf(packages: readonly CodePackage[], signal: AbortSignal): Promise<string>;
}

async function prepare(
  { python: program, assets, packages, ...options }: PythonSandboxOptions,
  installations: Installations,
): Promise<Place> {
  const python = await findPython(program, options.searchPath);
  await mkdir(packages.folder, { recursive: true });
  const shown = [...python.folders, `${assets}/python`, packages.folder];
  const host = options.walls === 'none' ? null : await findJailHost({ ...options, etcFolder: `${assets}/etc`, shown });
  const installInto = createInstaller({ ...packages, assets, stagingFolder: options.stagingFolder });
  const environments = createPackageEnvironments({
    ...packages,
    searchPath: options.searchPath,
    installations,
    install: (folder, requirements, signal) => installInto({ host, python, searchPath: options.searchPath }, folder, requirements, signal),
  });
  const interpreter = `${python.executable} ${python.version}`;
  return {
    ...(host ?? unlimited),
    python,
    start: jail => (host === null ? startUnwalled(jail, options.searchPath) : startJail(jail, host)),
    environmentOf: (names, signal) => environments.ensure(requirementsOf(names), interpreter, signal),
  };
}

const unlimited: Pick<JailHost, 'network' | 'networkNotes'> = { network: 'host', networkNotes: { none: '', public: '', host: '' } };

function jailOf(
  { python }: Place,
  network: SandboxNetwork,
  environment: string | null,
  { assets, jailLimits }: PythonSandboxOptions,
): Jail {
  const interpreter = environment === null ? python.executable : `${packagesFolder}/bin/python`;
  return {
    // Isolated: neither variables nor the folder it stands in say what is imported.
    command: [interpreter, '-I', '-B', runnerFolder],
    mounts: [
      ...python.folders.map(folder => ({ source: folder, target: folder, writable: false })),
      { source: `${assets}/python/runner`, target: runnerFolder, writable: false },
      ...(environment === null ? [] : [{ source: environment, target: packagesFolder, writable: false }]),
    ],
    environment: {
      PATH: `${environment === null ? '' : `${packagesFolder}/bin:`}/usr/local/bin:/usr/bin:/bin`,
      HOME: '/tmp',
      TMPDIR: '/tmp',
      LANG: 'C.UTF-8',
    },
    workFolder: '/tmp',
    network,
    limits: jailLimits,
  };
}

/** What an error is given beside, so that it names the setting. A public network resolves names. */
function notesOf({ networkNotes }: Pick<JailHost, 'networkNotes'>, network: SandboxNetwork) {
  return { unreachableNote: networkNotes[network], unresolvedNote: network === 'none' ? networkNotes.none : '' };
}

function jobOf(run: SandboxRun, notes: ReturnType<typeof notesOf>, { limits }: PythonSandboxOptions) {
  const { entry, source } = run;
  return {
    kind: entry.kind,
    source,
    functionName: entry.kind === 'function' ? entry.functionName : null,
    args: entry.kind === 'function' ? entry.args : {},
    agentState: entry.kind === 'function' ? entry.agentState : null,
    environment: { ...run.environment, PERDURA_IDEMPOTENCY_KEY: run.key },
    maxResultBytes: limits.resultBytes,
    ...notes,
  };
}
