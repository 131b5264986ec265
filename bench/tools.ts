import type { SandboxLanguage, SandboxRun } from '../src/domain/sandbox/code-sandbox.js';
import { loadSettings } from '../src/config/settings.js';
import { createToolSandbox } from '../src/main/tool-sandboxes.js';
import { startMcpServer, textResult } from '../test/support/mcp-server.js';
import type { BenchServer } from './bench-server.js';
import { percentiles, timed } from './measure.js';
import type { Timing } from './measure.js';

export interface ToolsBench {
  /** Messages with one call each and an answer, by what the call runs; all but the built-in tool in a sandbox or on a server. */
  readonly calls: readonly (readonly [name: string, Timing])[];
  /** The sandboxes alone. */
  readonly sandboxes: readonly (readonly [name: string, Timing])[];
  /** Of calls that are made at once. */
  readonly parallel: { readonly count: number; readonly wholeMs: number; readonly each: Timing };
}

type Server = Pick<BenchServer, 'mock' | 'newAgent' | 'send' | 'post'>;

const parallelCalls = 50;
const python = 'def add(a, b):\n    return a + b\nadd(1, 2)';
const typescript = 'const add = (a: number, b: number): number => a + b;\nadd(1, 2)';

/** What calls of tools take beside a model that answers at once. */
export async function measureTools(server: Server): Promise<ToolsBench> {
  const calls: [string, Timing][] = [
    ['built-in', await timeOf(server, 'memory_replace', { label: 'human', old_string: 'x', new_string: 'x' })],
    ['Python', await timeOf(server, 'run_code', { code: python, language: 'python' })],
    ['TypeScript', await timeOf(server, 'run_code', { code: typescript, language: 'ts' })],
    ['MCP', await mcpTime(server)],
  ];
  return { calls, sandboxes: await sandboxTimes(), parallel: await parallelTimes() };
}

async function timeOf({ mock, newAgent, send }: Server, name: string, args: Readonly<Record<string, unknown>>): Promise<Timing> {
  const agentId = await newAgent({ tools: [name] });
  mock.script = ({ messages }) => (messages.at(-1)?.role === 'tool' ? { text: 'done' } : { toolCalls: [{ name, args }] });
  const time = await timed(30, () => send('inline', agentId));
  mock.script = () => ({ text: 'ok' });
  return time;
}

async function mcpTime(server: Server): Promise<Timing> {
  const mcp = await startMcpServer();
  mcp.tools = [{ name: 'bench_echo', description: 'Repeats.', inputSchema: { type: 'object', properties: {} } }];
  mcp.answer = async () => Promise.resolve(textResult('3'));
  try {
    await server.post('/v1/mcp-servers/', { server_name: 'bench', config: { mcp_server_type: 'streamable_http', server_url: mcp.url } });
    return await timeOf(server, 'bench_echo', {});
  } finally {
    await mcp.close();
  }
}

async function sandboxTimes(): Promise<[string, Timing][]> {
  const [warm, cold] = [createToolSandbox(loadSettings({})), createToolSandbox(loadSettings({ PERDURA_TOOL_WARM: '0' }))];
  const time = (sandbox: typeof warm, run: SandboxRun, pauseMs = 0): Promise<Timing> =>
    timed(30, async () => {
      const { status, value } = await sandbox.run(run, never);
      if (status !== 'success') throw new Error(String(value));
      if (pauseMs > 0) await new Promise(resolve => setTimeout(resolve, pauseMs));
    });
  const times: [string, Timing][] = [
    // The pause, in which the next one gets ready, is part of what is measured and is taken off again.
    ['Python, warm', without(await time(warm, script('python', python), readyMs), readyMs)],
    ['Python, cold', await time(cold, script('python', python))],
    ['TypeScript, warm', without(await time(warm, script('typescript', typescript), readyMs), readyMs)],
    ['TypeScript, cold', await time(cold, script('typescript', typescript))],
  ];
  await Promise.all([warm.close(), cold.close()]);
  return times;
}

const readyMs = 300;

function without({ p10, p50, p95 }: Timing, ms: number): Timing {
  return { p10: p10 - ms, p50: p50 - ms, p95: p95 - ms };
}

async function parallelTimes(): Promise<ToolsBench['parallel']> {
  const sandbox = createToolSandbox(loadSettings({}));
  await sandbox.run(script('python', python), never);
  const started = performance.now();
  const times = await Promise.all(
    Array.from({ length: parallelCalls }, async () => {
      await sandbox.run(script('python', python), never);
      return performance.now() - started;
    }),
  );
  const wholeMs = performance.now() - started;
  await sandbox.close();
  return { count: parallelCalls, wholeMs, each: percentiles(times) };
}

const never = new AbortController().signal;

function script(language: SandboxLanguage, source: string): SandboxRun {
  return {
    language,
    source,
    entry: { kind: 'script' },
    environment: {},
    packages: [],
    network: 'none',
    timeoutMs: 60_000,
    organizationId: 'org-bench',
    key: 'bench',
  };
}
