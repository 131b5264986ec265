import { z } from 'zod';
import { define, positive, text } from './define-setting.js';

/** Settings of the code of custom tools: where it runs and what it may use. */
export const toolSettings = {
  toolPython: define(['PERDURA_TOOL_PYTHON'], text.default('python3'), 'Interpreter of Python tools, by name or path.'),
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
} as const;
