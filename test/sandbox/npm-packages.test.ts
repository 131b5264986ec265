import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { denoSandbox, typescriptCall } from '../support/deno-sandbox.js';
import { startNpmRegistry } from '../support/npm-registry.js';
import type { NpmRegistry } from '../support/npm-registry.js';

const witness = join(tmpdir(), `perdura-install-script-${process.pid}`);
const touch = `node -e "require('fs').writeFileSync('${witness}', 'ran')"`;
const packages = [
  {
    name: '@tools/greet',
    version: '1.2.0',
    files: { 'index.js': "import { shout } from 'shout';\nexport const greet = name => shout('hello ' + name);" },
    manifest: { dependencies: { shout: '^2.0.0' }, scripts: { preinstall: touch, install: touch, postinstall: touch } },
  },
  {
    name: 'shout',
    version: '2.1.0',
    files: { 'index.js': "export const shout = text => text.toUpperCase() + (process.env.LOUD ?? '');" },
    manifest: {},
  },
  {
    name: 'spy',
    version: '1.0.0',
    files: { 'index.js': "import fs from 'node:fs';\nexport const read = path => fs.readFileSync(path, 'utf8');" },
    manifest: {},
  },
  {
    name: 'mover',
    version: '1.0.0',
    files: {
      'index.js': "export const word = 'stayed';",
      'registry.json': JSON.stringify({ name: '../../../../moved' }),
      'import-map.json': '{}',
    },
    manifest: {},
  },
];

for (const isJailed of [true, false]) {
  describe(`npm packages of TypeScript tools, ${isJailed ? 'within bubblewrap' : 'in Deno alone'}`, () => {
    let deno: Awaited<ReturnType<typeof denoSandbox>>;
    let registry: NpmRegistry;
    before(async () => {
      registry = await startNpmRegistry(packages);
      deno = await denoSandbox({ isJailed, registry: registry.url });
    });
    after(async () => {
      await registry.close();
      await deno.remove();
    });

    const source = "import { greet } from '@tools/greet';\nexport const tool = (name: string) => greet(name);";
    const greeting = { packages: [{ name: '@tools/greet', version: '1.2.0' }] };
    const entry = { args: { name: 'Ada' }, argOrder: ['name'] };

    it('fetches a set once, for however many runs want it at once, and runs none of its scripts', async () => {
      const outcomes = await Promise.all([1, 2, 3].map(() => deno.run(source, entry, greeting)));
      assert.deepEqual(
        outcomes.map(({ value }) => value),
        ['HELLO ADA', 'HELLO ADA', 'HELLO ADA'],
      );
      assert.deepEqual(
        outcomes.map(({ stderr }) => stderr),
        ['', '', ''],
      );
      assert.equal(registry.requests.filter(path => path.endsWith('1.2.0.tgz')).length, 1);
      assert.equal((await readdir(deno.packagesFolder)).length, 1);
      assert.equal(existsSync(witness), false);
    });

    it('needs no registry afterwards', async () => {
      const before = registry.requests.length;
      assert.equal((await deno.run(source, entry, greeting)).value, 'HELLO ADA');
      assert.equal(registry.requests.length, before);
    });

    it('takes the newest version where none is required', async () => {
      const shout = "import { shout } from 'shout';\nexport const tool = () => shout('hey');";
      assert.equal((await deno.run(shout, {}, { packages: [{ name: 'shout', version: null }] })).value, 'HEY');
    });

    it('moves no folder at the word of a package', async () => {
      const mover = "import { word } from 'mover';\nexport const tool = () => word;";
      assert.equal((await deno.run(mover, {}, { packages: [{ name: 'mover', version: '1.0.0' }] })).value, 'stayed');
      assert.equal((await readdir(deno.packagesFolder)).includes('moved'), false);
    });

    it('lets no package out, and no import of one that the tool does not require', async () => {
      const spy = "import { read } from 'spy';\nexport const tool = (path: string) => read(path);";
      const refused = await deno.run(
        spy,
        { args: { path: '/etc/passwd' }, argOrder: ['path'] },
        { packages: [{ name: 'spy', version: '1.0.0' }] },
      );
      assert.match(
        String(refused.value),
        /^Error executing function tool: NotCapable: Requires read access to "\/etc\/passwd", which the code of tools does not have/,
      );
      const other = "export const tool = async () => (await import('npm:spy@1.0.0')).read('/etc/passwd');";
      assert.match(String((await deno.run(other, {}, greeting)).value), /^Error executing function tool: TypeError: /);
    });

    it('keeps nothing that code puts into the stores of a browser', async () => {
      const stores =
        "export const tool = async () => { try { localStorage.setItem('a', 'b'); return 'kept'; } catch { return (await caches.open('a').catch(() => null)) === null ? 'refused' : 'kept'; } };";
      assert.equal((await deno.run(stores, {}, greeting)).value, 'refused');
    });

    it('tells of a package that is not there, and of names that are none', async () => {
      const { status, value } = await deno.run(source, entry, { packages: [{ name: 'not-there', version: '1.0.0' }] });
      assert.equal(status, 'error');
      assert.match(String(value), /^Error executing function tool: PackageError: the npm packages cannot be installed: .*not-there/s);
      assert.equal(String(value).includes(registry.url), false);
      for (const [name, version] of [
        ['../up', '1.0.0'],
        ['https://a.example/x.js', null],
        ['shout', 'file:..'],
      ] as const) {
        assert.match(String((await deno.run(source, entry, { packages: [{ name, version }] })).value), /PackageError: '.*' is not /);
      }
      assert.equal((await readdir(deno.packagesFolder)).filter(name => name.includes('.')).length, 0);
    });

    it('gives an installation up when all that wait for it are aborted', async () => {
      registry.isSilent = true;
      const [first, second] = [new AbortController(), new AbortController()];
      const call = typescriptCall(source, entry, { packages: [{ name: 'slow', version: '1.0.0' }] });
      const waiting = [deno.sandbox.run(call, first.signal), deno.sandbox.run(call, second.signal)] as const;
      setTimeout(() => first.abort(new Error('the first')), 100);
      setTimeout(() => second.abort(new Error('the second')), 200);
      await Promise.all([assert.rejects(waiting[0], /the first/), assert.rejects(waiting[1], /the second/)]);
      registry.isSilent = false;
      assert.equal((await readdir(deno.packagesFolder)).filter(name => name.includes('.')).length, 0);
    });
  });
}
