import { z } from 'zod';
import { define, flag, milliseconds, optionalText, positive, text } from './define-setting.js';

/** Settings of the code of custom tools: how it is read, where it runs and what it may use. */
export const toolSettings = {
  toolSourceLimit: define(
    ['PERDURA_TOOL_SOURCE_LIMIT'],
    positive.default(1_000_000),
    'Characters of the longest source that is read for its schema.',
  ),
  toolSourceTimeMs: define(
    ['PERDURA_TOOL_SOURCE_TIME_MS'],
    positive.default(1000),
    'How long a source may be parsed for its schema, in ms. It is parsed in pieces, so others are served meanwhile.',
  ),
  toolRunSources: define(
    ['PERDURA_TOOL_RUN_SOURCES'],
    flag.default(true),
    'Whether POST /v1/tools/run runs sources that are no tools yet, in the sandbox, for who has the admin key.',
  ),
  toolPython: define(['PERDURA_TOOL_PYTHON'], text.default('python3'), 'Interpreter of Python tools, by name or path.'),
  toolDeno: define(
    ['PERDURA_TOOL_DENO'],
    optionalText,
    'Path of the Deno that runs TypeScript and JavaScript tools; the default is the one that npm has installed.',
  ),
  toolSandbox: define(
    ['PERDURA_TOOL_SANDBOX'],
    z.enum(['bubblewrap', 'none']).default('bubblewrap'),
    'What Python tools run in. Where bubblewrap is missing they are refused. none runs them without walls, as a user of their own when the server is root: they read what that user reads and PERDURA_TOOL_NETWORK does not hold. /v1/health tells.',
  ),
  toolNetwork: define(
    ['PERDURA_TOOL_NETWORK'],
    z.enum(['none', 'public', 'host']).default('public'),
    'What the code of tools may reach: nothing; the internet without this machine and private networks; whatever this machine reaches. A tool may ask for less.',
  ),
  toolMemoryBytes: define(
    ['PERDURA_TOOL_MEMORY_BYTES'],
    positive.default(1_073_741_824),
    'Memory that all processes of one call hold together at most; also the address space of each Python.',
  ),
  toolDiskBytes: define(
    ['PERDURA_TOOL_DISK_BYTES'],
    positive.default(268_435_456),
    'What the code of one call may write into its /tmp, which is in memory.',
  ),
  toolProcesses: define(
    ['PERDURA_TOOL_PROCESSES'],
    positive.default(64),
    'Processes and threads that the code of one call has at once at most.',
  ),
  toolCpuSeconds: define(['PERDURA_TOOL_CPU_SECONDS'], positive.default(300), 'Processor time of each process of one call, in seconds.'),
  toolOpenFiles: define(
    ['PERDURA_TOOL_OPEN_FILES'],
    positive.default(256),
    'Files that each process of one call has open at once at most.',
  ),
  toolOutputBytes: define(
    ['PERDURA_TOOL_OUTPUT_BYTES'],
    positive.default(1_048_576),
    'What is kept of the stdout of one call, and of its stderr.',
  ),
  toolResultBytes: define(['PERDURA_TOOL_RESULT_BYTES'], positive.default(8_388_608), 'Largest result of one call, as JSON.'),
  toolWarm: define(
    ['PERDURA_TOOL_WARM'],
    z.coerce.number().int().min(0).default(2),
    'Interpreters of each kind in use that wait for the next call, each for one; 0 starts each when it is called.',
  ),
  toolWarmMost: define(
    ['PERDURA_TOOL_WARM_MOST'],
    positive.default(8),
    'Interpreters of all kinds that wait at most, of Python and of Deno each.',
  ),
  toolWarmIdleMs: define(
    ['PERDURA_TOOL_WARM_IDLE_MS'],
    milliseconds.default(300_000),
    'After this time without a call of their kind, waiting interpreters are let go, in ms.',
  ),
  toolInstallTimeoutMs: define(
    ['PERDURA_TOOL_INSTALL_TIMEOUT_MS'],
    milliseconds.default(300_000),
    'How long the packages of a tool may take to install, in ms. That is done once for each set of packages, and is no part of the time of a call.',
  ),
  packageNetwork: define(
    ['PERDURA_PACKAGE_NETWORK'],
    z.enum(['none', 'public', 'host']).default('host'),
    'What the installation of Python packages reaches, as PERDURA_TOOL_NETWORK says. Indexes are often in a private network, and no code of packages runs unless PERDURA_PACKAGE_SOURCES is true.',
  ),
  packageSources: define(
    ['PERDURA_PACKAGE_SOURCES'],
    flag.default(false),
    'Also install Python packages that have no wheel. That runs their own setup, in a sandbox with the network of PERDURA_PACKAGE_NETWORK: then public is wiser.',
  ),
  packageBytes: define(['PERDURA_PACKAGE_BYTES'], positive.default(2_147_483_648), 'What the packages of one tool may take on the disk.'),
  packageEnvironments: define(
    ['PERDURA_PACKAGE_ENVIRONMENTS'],
    positive.default(20),
    'Sets of Python packages that are kept; those that were used last.',
  ),
} as const;
