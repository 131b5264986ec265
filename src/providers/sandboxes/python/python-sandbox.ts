import { SandboxUnavailable } from '../../../domain/sandbox/code-sandbox.js';
import type { CodeSandbox, SandboxNetwork, SandboxRun } from '../../../domain/sandbox/code-sandbox.js';
import type { Jail, JailLimits } from '../bubblewrap/jail.js';
import { findJailHost } from '../bubblewrap/jail-host.js';
import { narrowed } from '../bubblewrap/network-policy.js';
import { startJail } from '../bubblewrap/start-jail.js';
import type { JailHost } from '../bubblewrap/start-jail.js';
import { lazy } from '../../lazy.js';
import { findPython } from './find-python.js';
import type { Python } from './find-python.js';
import { createInterpreter } from './interpreter.js';
import type { InterpreterLimits } from './interpreter.js';
import { toOutcome } from './to-outcome.js';

export interface PythonSandboxOptions {
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
}

const runnerFolder = '/opt/perdura/runner';

/** Runs Python in bubblewrap. */
export function createPythonSandbox(options: PythonSandboxOptions): CodeSandbox {
  const prepared = lazy(() => prepare(options));
  return {
    async run(run, signal) {
      signal.throwIfAborted();
      if (run.language !== 'python') throw new SandboxUnavailable(`This sandbox runs Python, not ${run.language}.`);
      const place = await prepared();
      const network = narrowed(place.host.network, run.network);
      const interpreter = createInterpreter(startJail(jailOf(place, network, options), place.host), options.limits);
      const finished = await interpreter.run(jobOf(run, notesOf(place.host, network), options), run.timeoutMs, signal);
      signal.throwIfAborted();
      return toOutcome(run, finished, options);
    },
  };
}

interface Place {
  readonly host: JailHost;
  readonly python: Python;
}

async function prepare({ python: program, assets, ...options }: PythonSandboxOptions): Promise<Place> {
  const python = await findPython(program, options.searchPath);
  const shown = [...python.folders, `${assets}/python`];
  return { python, host: await findJailHost({ ...options, etcFolder: `${assets}/etc`, shown }) };
}

function jailOf({ python }: Place, network: SandboxNetwork, { assets, jailLimits }: PythonSandboxOptions): Jail {
  return {
    // Isolated: neither variables nor the folder it stands in say what is imported.
    command: [python.executable, '-I', '-B', runnerFolder],
    mounts: [
      ...python.folders.map(folder => ({ source: folder, target: folder, writable: false })),
      { source: `${assets}/python/runner`, target: runnerFolder, writable: false },
    ],
    environment: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/tmp', TMPDIR: '/tmp', LANG: 'C.UTF-8' },
    workFolder: '/tmp',
    network,
    limits: jailLimits,
  };
}

/** What an error is given beside, so that it names the setting. A public network resolves names. */
function notesOf({ networkNotes }: JailHost, network: SandboxNetwork) {
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
