import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { publicAddress, startPublicHost } from '../support/public-host.js';
import type { PublicHost } from '../support/public-host.js';
import { typescriptCall } from '../support/deno-sandbox.js';
import { never, sandboxWith } from '../support/tool-sandbox.js';

/** Tries addresses and says of each `reached` or why not. */
const probe = [
  'import socket',
  'def probe(places: list):',
  '    def tried(host, port):',
  '        try:',
  '            socket.create_connection((host, port), 3).close()',
  '            return "reached"',
  '        except OSError as error:',
  '            return error.strerror or str(error)',
  '    return [tried(host, port) for host, port in places]',
].join('\n');

const get = 'import urllib.request\ndef get(url: str):\n    return urllib.request.urlopen(url, timeout=5).read().decode()';

describe('the network of tools', () => {
  let hits = 0;
  const server = createServer(socket => {
    hits += 1;
    socket.destroy();
  });
  let port = 0;
  let internet: PublicHost;
  const own = Object.values(networkInterfaces()).flatMap(entries => (entries ?? []).filter(entry => entry.family === 'IPv4'));

  before(async () => {
    server.listen(0, '0.0.0.0');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
    internet = await startPublicHost([80, 53]);
  });
  after(async () => {
    server.close();
    await internet.stop();
  });

  const hostAddresses = (): [string, number][] =>
    [...own.map(entry => entry.address), '10.0.2.2', 'localhost'].map(address => [address, port]);

  it('is the internet by default, and neither this machine nor private networks', async () => {
    const { run } = sandboxWith();
    const privates = [
      '10.1.2.3',
      '172.16.0.1',
      '192.168.1.1',
      '100.64.0.1',
      '169.254.169.254',
      '168.63.129.16',
      '[fd00::2]',
      '::ffff:10.1.2.3',
    ];
    const places = [...hostAddresses(), ...privates.map((address): [string, number] => [address.replace(/[[\]]/g, ''), 80])];
    const { value } = await run(probe, { args: { places } });
    assert.equal(Array.isArray(value) && value.length === places.length && !value.includes('reached'), true, JSON.stringify(value));
    assert.equal(hits, 0);

    assert.equal((await run(get, { args: { url: `http://${publicAddress}/` } })).value, 'here');
    assert.equal(internet.hits(80), 1);
  });

  it('asks no resolver but the one that it was given', async () => {
    const { run } = sandboxWith();
    const { value } = await run(probe, { args: { places: [[publicAddress, 53]] } });
    assert.deepEqual(value, ['No route to host']);
    assert.equal(internet.hits(53), 0);
  });

  it('is nothing under PERDURA_TOOL_NETWORK=none, and for a tool that asks for nothing; the error names the setting', async () => {
    for (const [environment, network] of [
      [{ PERDURA_TOOL_NETWORK: 'none' }, 'host'],
      [{ PERDURA_TOOL_NETWORK: 'host' }, 'none'],
    ] as const) {
      const { run } = sandboxWith(environment);
      const places = [...hostAddresses(), [publicAddress, 80]];
      const { value } = await run(probe, { args: { places } }, { network });
      assert.equal(Array.isArray(value) && value.length === places.length && !value.includes('reached'), true, JSON.stringify(value));
      const failed = await run(get, { args: { url: `http://${publicAddress}/` } }, { network });
      assert.match(String(failed.value), /PERDURA_TOOL_NETWORK/);
    }
    assert.equal(hits, 0);
    assert.equal(internet.hits(80), 1);
  });

  it('is the same for TypeScript', async () => {
    const { sandbox } = sandboxWith();
    const source = `export const tool = (places: [string, number][]) => Promise.all(places.map(async ([hostname, port]) => {
      try { (await Deno.connect({ hostname, port })).close(); return 'reached'; } catch (error) { return error.name; }
    }));`;
    const places = [...hostAddresses(), ['fd00::2', 80], ['169.254.169.254', 80], [publicAddress, 80]];
    const { value } = await sandbox.run(typescriptCall(source, { args: { places }, argOrder: ['places'] }, { network: 'public' }), never);
    assert.equal(Array.isArray(value) && value.indexOf('reached') === places.length - 1, true, JSON.stringify(value));
    assert.equal(hits, 0);
  });

  it('is that of the host when both the setting and the tool say so', async () => {
    const { run } = sandboxWith({ PERDURA_TOOL_NETWORK: 'host' });
    const { value } = await run(probe, { args: { places: [['127.0.0.1', port]] } }, { network: 'host' });
    assert.deepEqual(value, ['reached']);
    assert.equal(hits, 1);
  });
});
