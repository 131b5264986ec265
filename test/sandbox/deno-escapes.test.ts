import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { denoSandbox } from '../support/deno-sandbox.js';

/** Runs each attempt and tells which one was let through, and with what. */
const attempts = (body: string): string => `
  const through: string[] = [];
  async function attempt(name: string, work: () => unknown): Promise<void> {
    try {
      const got = await work();
      if (got !== undefined && got !== null && got !== false) through.push(name + ': ' + String(got).slice(0, 80));
    } catch { /* refused */ }
  }
  export async function tool(path: string, ports: readonly string[]) {
    ${body}
    return through;
  }`;

for (const isJailed of [true, false]) {
  describe(`hostile TypeScript in Deno ${isJailed ? 'within bubblewrap' : 'alone'}`, () => {
    let deno: Awaited<ReturnType<typeof denoSandbox>>;
    let folder: string;
    let server: Server;
    let hits = 0;
    before(async () => {
      deno = await denoSandbox({ isJailed });
      folder = await mkdtemp(join(tmpdir(), 'perdura-host-'));
      await writeFile(join(folder, 'secret.json'), '{"secret":"of the host"}');
      await writeFile(join(folder, 'module.ts'), 'export const secret = "of the host";');
      server = createServer(socket => {
        hits += 1;
        socket.destroy();
      });
      await new Promise<void>(resolve => server.listen(0, '0.0.0.0', resolve));
      process.env['PERDURA_TEST_SECRET'] = 'of the host';
    });
    after(async () => {
      delete process.env['PERDURA_TEST_SECRET'];
      server.close();
      await rm(folder, { recursive: true });
      await deno.remove();
    });

    const throughOf = async (body: string): Promise<unknown> => {
      const { port } = server.address() as AddressInfo;
      const own = Object.values(networkInterfaces()).flatMap(entries => (entries ?? []).filter(({ family }) => family === 'IPv4'));
      const ports = ['127.0.0.1', 'localhost', '0.0.0.0', '[::ffff:127.0.0.1]', ...own.map(({ address }) => address)].map(
        host => `${host}:${port}`,
      );
      const { value, stderr } = await deno.run(attempts(body), { args: { path: folder, ports }, argOrder: ['path', 'ports'] });
      assert.ok(Array.isArray(value), `${String(value)} ${stderr}`);
      return value;
    };

    it('reads and writes no files, by whatever interface, and finds no process of the host', async () => {
      const through = await throughOf(`
        const fs = await import('node:fs');
        await attempt('read', () => Deno.readTextFile(path + '/secret.json'));
        await attempt('passwd', () => fs.readFileSync('/etc/shadow', 'utf8'));
        await attempt('list', () => fs.readdirSync(path));
        await attempt('open', () => fs.promises.open(path + '/secret.json'));
        await attempt('fetch', async () => (await fetch('file://' + path + '/secret.json')).text());
        await attempt('write', () => Deno.writeTextFile(path + '/written', 'x'));
        await attempt('append', () => fs.appendFileSync(path + '/secret.json', 'x'));
        await attempt('temporary', () => Deno.makeTempFile());
        await attempt('link', () => Deno.symlink(path, '/tmp/link'));
        await attempt('environ', () => Deno.readTextFile('/proc/self/environ'));
        await attempt('root', () => Deno.readTextFile('/proc/1/root' + path + '/secret.json'));
        await attempt('descriptor', () => fs.readFileSync('/dev/fd/0', 'utf8'));
        await attempt('state', async () => (await Deno.stat(path)).size);
      `);
      assert.deepEqual(through, []);
      assert.deepEqual((await readdir(folder)).sort(), ['module.ts', 'secret.json']);
    });

    it('imports nothing of the host and nothing from elsewhere, neither at once nor later', async () => {
      const dynamic = await throughOf(`
        await attempt('module', async () => (await import('file://' + path + '/module.ts')).secret);
        await attempt('json', async () => (await import('file://' + path + '/secret.json', { with: { type: 'json' } })).default);
        await attempt('require', async () => (await import('node:module')).createRequire('file:///')(path + '/secret.json'));
        await attempt('https', () => import('https://deno.land/std/version.ts'));
        await attempt('jsr', () => import('jsr:@std/assert'));
        await attempt('npm', () => import('npm:left-pad'));
        await attempt('worker', () => new Promise((resolve, reject) => {
          const worker = new Worker('file://' + path + '/module.ts', { type: 'module' });
          worker.onerror = event => { event.preventDefault(); reject(event); };
          setTimeout(() => resolve(null), 200);
        }));
      `);
      assert.deepEqual(dynamic, []);
      for (const line of [
        `import secret from 'file://${folder}/secret.json' with { type: 'json' }; export const tool = () => secret;`,
        `import { secret } from '${folder}/module.ts'; export const tool = () => secret;`,
        `export const tool = async () => (await import('file://${folder}/module.ts')).secret;`,
        `import 'https://deno.land/std/version.ts'; export const tool = () => 'reached';`,
      ]) {
        const { status, value } = await deno.run(line);
        assert.equal(status, 'error', `${line} gave ${String(value)}`);
      }
    });

    it('sees no variable of the server, starts no program, loads no library and learns nothing of the machine', async () => {
      const through = await throughOf(`
        const { spawnSync } = await import('node:child_process');
        const os = await import('node:os');
        await attempt('variable', () => process.env.PERDURA_TEST_SECRET ?? Deno.env.get('PATH'));
        await attempt('variables', () => Object.keys(Deno.env.toObject()).filter(name => name !== 'PERDURA_IDEMPOTENCY_KEY')[0]);
        await attempt('command', () => new Deno.Command('/bin/sh', { args: ['-c', 'id'] }).outputSync());
        await attempt('spawn', () => { const { error, stdout } = spawnSync('/bin/id'); if (error) throw error; return stdout; });
        await attempt('library', () => Deno.dlopen('/lib/x86_64-linux-gnu/libc.so.6', { getpid: { parameters: [], result: 'i32' } }));
        await attempt('addon', () => process.dlopen({ exports: {} }, path + '/addon.node'));
        await attempt('kill', () => { Deno.kill(Deno.ppid, 'SIGTERM'); return 'killed'; });
        await attempt('host', () => Deno.hostname());
        await attempt('memory', () => Deno.systemMemoryInfo());
        await attempt('interfaces', () => Object.keys(os.networkInterfaces())[0]);
        await attempt('more', async () => (await Deno.permissions.request({ name: 'read' })).state === 'granted');
        await attempt('worker', () => new Promise((resolve, reject) => {
          const code = 'postMessage(Deno.readTextFileSync("/etc/hostname"))';
          const worker = new Worker(URL.createObjectURL(new Blob([code], { type: 'application/javascript' })), { type: 'module' });
          worker.onmessage = ({ data }) => resolve(data);
          worker.onerror = event => { event.preventDefault(); reject(event); };
        }));
      `);
      assert.deepEqual(through, []);
    });

    it('reaches no server, neither of this machine nor of another', async () => {
      const through = await throughOf(`
        const net = await import('node:net');
        const dns = await import('node:dns/promises');
        for (const address of ports) {
          const [, hostname, port] = /^(.*):(\\d+)$/.exec(address) ?? [];
          await attempt('fetch ' + address, async () => (await fetch('http://' + address + '/')).status);
          await attempt('tcp ' + address, () => Deno.connect({ hostname: hostname.replace(/[\\[\\]]/g, ''), port: Number(port) }));
          await attempt('node ' + address, () => new Promise((resolve, reject) => {
            const socket = net.connect(Number(port), hostname, () => resolve('connected'));
            socket.on('error', reject);
          }));
          await attempt('websocket ' + address, () => new Promise((resolve, reject) => {
            const socket = new WebSocket('ws://' + address + '/');
            socket.onopen = () => resolve('open');
            socket.onerror = reject;
          }));
        }
        await attempt('listen', () => Deno.listen({ port: 0 }));
        await attempt('serve', () => Deno.serve({ port: 0 }, () => new Response('x')).addr.port);
        await attempt('unix', () => Deno.connect({ transport: 'unix', path: '/var/run/docker.sock' }));
        await attempt('name', () => Deno.resolveDns('example.com', 'A'));
        await attempt('lookup', () => dns.lookup('example.com'));
      `);
      assert.deepEqual(through, []);
      assert.equal(hits, 0);
    });

    it('leaves nothing behind that another run could find', async () => {
      const source = `export async function tool() {
        const found: string[] = [];
        try { found.push(localStorage.getItem('left') ?? 'no item'); localStorage.setItem('left', 'x'); } catch { found.push('refused'); }
        try { const store = await caches.open('left'); found.push(String((await store.keys()).length)); await store.put('https://a.example/', new Response('x')); }
        catch { found.push('refused'); }
        return found;
      }`;
      await deno.run(source);
      assert.deepEqual((await deno.run(source, {}, { organizationId: 'org-2' })).value, ['refused', 'refused']);
    });

    it('is held in its memory, on the heap of V8 and beside it, and in what it prints', async () => {
      const heap =
        'export const tool = () => { const all: unknown[] = []; for (;;) all.push(new Array(1000).fill({ a: Math.random() })); };';
      const buffers = 'export const tool = () => { const all: unknown[] = []; for (;;) all.push(new Uint8Array(1e8).fill(1)); };';
      const flood = "export const tool = () => { for (;;) console.log('x'.repeat(10_000)); };";
      assert.match(String((await deno.run(heap)).value), /MemoryError|out of memory/);
      assert.match(String((await deno.run(buffers)).value), /MemoryError|allocation failed/);
      assert.match(String((await deno.run(flood)).value), /OutputError: it wrote far more/);
    });
  });
}

describe('Deno without bubblewrap', () => {
  it('has no network where it could not keep private networks apart, and says what is missing', async () => {
    const deno = await denoSandbox({ isJailed: false, network: 'public' });
    const { value } = await deno.run("export const tool = () => fetch('http://192.0.2.1/');", {}, { network: 'public' });
    assert.match(String(value), /tools have no network here: PERDURA_TOOL_NETWORK=public cannot be kept to without bubblewrap/);
    assert.match(deno.warnings.join(), /run in Deno alone\. .*the program bwrap is missing.* They have no network/);
    await deno.remove();
  });
});
