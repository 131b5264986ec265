import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { packageFile } from '../../src/config/version.js';
import type { McpCall, McpClients } from '../../src/domain/mcp/mcp-clients.js';
import type { McpFailure, McpFailureKind } from '../../src/domain/mcp/mcp-failure.js';
import type { McpConfig, McpTarget } from '../../src/domain/mcp/mcp-server.js';
import { createMcpClients } from '../../src/providers/mcp/create-mcp-clients.js';
import type { McpClientOptions } from '../../src/providers/mcp/create-mcp-clients.js';
import { startMcpServer, textResult } from '../support/mcp-server.js';
import type { TestMcpServer } from '../support/mcp-server.js';

const options: McpClientOptions = {
  connectTimeoutMs: 10_000,
  listTimeoutMs: 10_000,
  callTimeoutMs: 10_000,
  maxConnections: 2,
  idleMs: 60_000,
  maxBytes: 100_000,
  breakerFailures: 3,
  breakerMs: 60_000,
  allowPrivate: true,
  stdioCommands: [process.execPath],
  environment: { PATH: process.env['PATH'] ?? '' },
  version: 'test',
};

describe('createMcpClients', () => {
  let mcp: TestMcpServer;
  const opened: McpClients[] = [];
  const clientsWith = (change: Partial<McpClientOptions> = {}): McpClients => {
    const clients = createMcpClients({ ...options, ...change }, { providerOf: () => Promise.resolve(null) });
    opened.push(clients);
    return clients;
  };
  const http = (change: Partial<Extract<McpConfig, { type: 'sse' | 'streamable_http' }>> = {}): McpTarget =>
    target({ type: 'streamable_http', url: mcp.url, authHeader: null, token: null, headers: null, ...change });
  const target = (config: McpConfig): McpTarget => ({ id: 'server', organizationId: 'org', name: 'flaky', config });
  const asker = { agentId: null, secrets: {}, signal: new AbortController().signal };
  const call = (change: Partial<McpCall> = {}): McpCall => ({
    ...asker,
    toolName: 'echo',
    args: { a: 1 },
    key: 'run/1/step/1/tool/0',
    mayRepeat: false,
    onProgress: () => undefined,
    ...change,
  });
  const fails = (work: Promise<unknown>, kind: McpFailureKind, text: RegExp): Promise<void> =>
    assert.rejects(work, (error: McpFailure) => {
      assert.equal(error.kind, kind, error.message);
      assert.match(error.message, text);
      return true;
    });

  beforeEach(async () => {
    mcp = await startMcpServer();
    mcp.tools = [{ name: 'echo' }];
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map(clients => clients.close()));
    await mcp.close();
  });

  /** Answers the first request that calls a tool in another way than MCP does. */
  const calls = (answer: (response: ServerResponse, id: number) => void): void => {
    mcp.intercept = (_request, response, body) => {
      const message = body === '' ? {} : (JSON.parse(body) as { method?: string; id?: number });
      if (message.method !== 'tools/call') return false;
      answer(response, message.id ?? 0);
      return true;
    };
  };
  const events = { 'content-type': 'text/event-stream' };

  for (const kind of ['streamable_http', 'sse'] as const) {
    it(`calls tools over ${kind} on one connection, with the key of the call and the agent's id`, async () => {
      const clients = clientsWith();
      const server = http({ type: kind, url: kind === 'sse' ? mcp.sseUrl : mcp.url, token: '{{ KEY }}' });
      const asked = call({ agentId: 'agent-1', secrets: { KEY: 'secret-key' } });
      assert.deepEqual((await clients.callTool(server, asked)).content, [{ type: 'text', text: 'echo done' }]);
      await clients.callTool(server, asked);
      assert.deepEqual(mcp.calls[0]?.meta, { 'perdura/idempotencyKey': 'run/1/step/1/tool/0' });
      assert.deepEqual([mcp.headers.at(-1)?.['x-agent-id'], mcp.headers.at(-1)?.authorization], ['agent-1', 'Bearer secret-key']);
      assert.equal(mcp.calls.length, 2);
      if (kind === 'streamable_http') assert.equal(mcp.sessions, 1);
    });
  }

  it('runs a program over stdio that sees nothing of this server, and ends it with its children', async () => {
    process.env['PERDURA_TEST_SECRET'] = 'hidden';
    const clients = clientsWith();
    const config = {
      type: 'stdio' as const,
      command: process.execPath,
      args: [packageFile('test/support/mcp-stdio-server.mjs')],
      env: { TOKEN: '{{ T | x }}' },
    };
    const { content } = await clients.callTool(target(config), call({ toolName: 'read_env', args: { name: 'TOKEN' } }));
    const seen = JSON.parse((content[0] as { text: string }).text) as { pids: number[]; names: string[]; value: string };
    delete process.env['PERDURA_TEST_SECRET'];
    assert.deepEqual(seen.names.toSorted(), ['PATH', 'TOKEN']);
    assert.equal(seen.value, 'x');
    const secret = call({ toolName: 'read_env', args: { name: 'TOKEN' }, secrets: { T: 'secret-of-agent' } });
    const told = JSON.stringify((await clients.callTool(target(config), secret)).content);
    assert.match(told, /\[secret TOKEN\]/);
    assert.doesNotMatch(told, /secret-of-agent/);
    await clients.close();
    for (const pid of seen.pids) await until(() => hasEnded(pid));
    for (const name of ['PATH', 'LD_PRELOAD', 'NODE_OPTIONS', 'BASH_ENV']) {
      const chosen = { ...config, env: { [name]: 'x' } };
      await fails(clientsWith().callTool(target(chosen), call()), 'refused', new RegExp(`may not set '${name}'`));
    }
    const leavesChild = `require('node:child_process').spawn('sleep', ['20'], { detached: true, stdio: 'inherit' }).unref()`;
    await fails(clientsWith().callTool(target({ ...config, args: ['-e', leavesChild] }), call()), 'timeout', /./);
    await fails(clientsWith({ stdioCommands: null }).callTool(target(config), call()), 'refused', /MCP_DISABLE_STDIO=false/);
    await fails(
      clientsWith().callTool(target({ ...config, args: ['-e', 'console.error("no key"); process.exit(3)'] }), call()),
      'protocol',
      /no key/,
    );
  });

  it('ends a call that is silent for too long, and one that tells of its progress goes on', async () => {
    const clients = clientsWith({ callTimeoutMs: 400 });
    const seen: unknown[] = [];
    mcp.answer = async asked => {
      for (let step = 1; step <= 4; step += 1) {
        await new Promise(resolve => setTimeout(resolve, 150));
        await asked.progress({ progress: step, total: 4 });
      }
      return textResult('slow');
    };
    assert.deepEqual((await clients.callTool(http(), call({ onProgress: progress => seen.push(progress.progress) }))).content, [
      { type: 'text', text: 'slow' },
    ]);
    assert.deepEqual(seen, [1, 2, 3, 4]);
    mcp.answer = () => new Promise(() => undefined);
    await fails(clients.callTool(http(), call()), 'timeout', /'flaky' did not answer in time/);
    await until(() => mcp.cancelled.length === 1);
  });

  it('tells the server of a call that is called off', async () => {
    const stop = new AbortController();
    mcp.answer = () => {
      stop.abort(new Error('not wanted any more'));
      return new Promise(() => undefined);
    };
    await assert.rejects(clientsWith().callTool(http(), call({ signal: stop.signal })), /not wanted any more/);
    await until(() => mcp.cancelled.some(reason => reason.includes('not wanted any more')));
  });

  it('ends at once with what went wrong when the answer is a reset, cut off, unreadable or too large', async () => {
    const clients = clientsWith({ breakerFailures: 100 });
    await clients.callTool(http(), call());
    calls(response => response.destroy());
    await fails(clients.callTool(http(), call()), 'unreachable', /socket hang up|ECONNRESET/);
    calls(response => response.writeHead(200, events).end('event: message\ndata: {"jsonrpc":"2.0","id"'));
    await fails(clients.callTool(http(), call()), 'protocol', /the answer broke off/);
    calls(response => {
      response.writeHead(200, events).write('event: message\n');
      setTimeout(() => response.destroy(), 20);
    });
    await fails(clients.callTool(http(), call()), 'protocol', /the answer broke off/);
    calls(response => response.writeHead(200, events).end('event: message\ndata: {not json}\n\n'));
    await fails(clients.callTool(http(), call()), 'protocol', /broke off: .*JSON/);
    calls(response => response.writeHead(200, { 'content-type': 'application/json' }).end('{"jsonrpc":'));
    await fails(clients.callTool(http(), call()), 'protocol', /JSON/);
    calls(response => response.writeHead(500).end('Bearer secret-9 is wrong'));
    await fails(clients.callTool(http({ token: 'secret-9' }), call()), 'unreachable', /\[redacted\] is wrong/);
    calls(response => response.writeHead(400).end('no such path as secret-of-agent'));
    await fails(clients.callTool(http(), call({ secrets: { KEY: 'secret-of-agent' } })), 'protocol', /no such path as \[redacted\]/);
    calls((response, id) =>
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ jsonrpc: '2.0', id, result: { content: ['x'.repeat(200_000)] } })),
    );
    await fails(clients.callTool(http(), call()), 'protocol', /larger than 100000 bytes/);
    mcp.answer = () => Promise.reject(new Error('the tool is unknown'));
    mcp.intercept = () => false;
    await fails(clients.callTool(http(), call()), 'error', /the tool is unknown/);
  });

  it('connects again when a kept connection is dead and nothing was sent, and makes a call twice only when its tool allows that', async () => {
    const clients = clientsWith();
    await clients.callTool(http(), call());
    mcp.breakOff();
    assert.equal((await clients.callTool(http(), call())).isError, false);
    assert.equal(mcp.sessions, 2);
    let answers = 0;
    const cutOffOnce = (): void => {
      answers = 0;
      calls((response, id) => {
        answers += 1;
        if (answers === 1) response.writeHead(200, events).end();
        else
          response
            .writeHead(200, { 'content-type': 'application/json' })
            .end(JSON.stringify({ jsonrpc: '2.0', id, result: { content: [] } }));
      });
    };
    cutOffOnce();
    await fails(clients.callTool(http(), call()), 'protocol', /broke off/);
    assert.equal(answers, 1);
    mcp.intercept = () => false;
    await clients.callTool(http(), call());
    cutOffOnce();
    await clients.callTool(http(), call({ mayRepeat: true }));
    assert.equal(answers, 2);
  });

  it('keeps no more connections than it may, and closes those that were only needed once', async () => {
    const clients = clientsWith({ maxConnections: 1 });
    let open = 0;
    mcp.answer = async () => {
      open += 1;
      await until(() => open >= 2);
      return textResult('both');
    };
    await Promise.all(['agent-1', 'agent-2'].map(agentId => clients.callTool(http(), call({ agentId }))));
    mcp.answer = () => Promise.resolve(textResult('again'));
    await clients.callTool(http(), call({ agentId: 'agent-2' }));
    await clients.callTool(http(), call({ agentId: 'agent-2' }));
    assert.equal(mcp.sessions, 3);
  });

  it('leaves a server alone that has failed several times in a row, and tries it again after a while', async () => {
    const clients = clientsWith({ breakerMs: 300 });
    const nobody = { ...http(), config: { ...http().config, url: 'http://127.0.0.1:1/mcp' } as McpConfig };
    for (let n = 0; n < 3; n += 1) await fails(clients.callTool(nobody, call()), 'unreachable', /ECONNREFUSED/);
    await fails(clients.callTool(http(), call()), 'tripped', /failed 3 times in a row. The last time: .*ECONNREFUSED/);
    await until(() =>
      clients.callTool(http(), call()).then(
        () => true,
        () => false,
      ),
    );
  });

  it('is led into no private network, neither by a URL nor by a redirect, and to no other host', async () => {
    await fails(clientsWith({ allowPrivate: false }).callTool(http(), call()), 'unreachable', /not allowed.*private/i);
    mcp.intercept = (_request, response) => {
      response.writeHead(307, { location: 'http://169.254.169.254/latest/meta-data' }).end();
      return true;
    };
    await fails(
      clientsWith().callTool(http(), call()),
      'protocol',
      /Redirect to http:\/\/169\.254\.169\.254\/latest\/meta-data not followed/,
    );
  });

  it('asks for a secret that is missing by its name', async () => {
    await fails(clientsWith().callTool(http({ token: '{{ GITHUB_TOKEN }}' }), call()), 'refused', /GITHUB_TOKEN is no secret of the agent/);
  });

  it('lists page by page, and takes an odd tool for what it is', async () => {
    let pages = 0;
    mcp.intercept = (_request, response, body) => {
      const { method, id } = (body === '' ? {} : JSON.parse(body)) as { method?: string; id?: number };
      if (method !== 'tools/list') return false;
      pages += 1;
      const result = {
        tools: [{ name: `tool_${pages}`, inputSchema: null, annotations: 'odd' }],
        ...(pages < 3 ? { nextCursor: `page ${pages}` } : {}),
      };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ jsonrpc: '2.0', id, result }));
      return true;
    };
    const tools = await clientsWith().listTools(http(), asker);
    assert.deepEqual(
      tools.map(tool => [tool.name, tool.health.status]),
      [1, 2, 3].map(n => [`tool_${n}`, 'STRICT_COMPLIANT']),
    );
  });
});

/** Whoever has ended may still wait for somebody to ask how. */
function hasEnded(pid: number): boolean {
  const stat = `/proc/${pid}/stat`;
  return !existsSync(stat) || / Z /.test(readFileSync(stat, 'utf8'));
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise(resolve => setTimeout(resolve, 20));
}
