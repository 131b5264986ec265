import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { sandboxWith } from '../support/tool-sandbox.js';

const run = promisify(execFile);

/** A wheel is a zip file with a few names in it. */
async function makeWheel(folder: string, name: string, version: string, more: Readonly<Record<string, string>> = {}): Promise<void> {
  const content = join(folder, `content-${name}`);
  const info = join(content, `${name}-${version}.dist-info`);
  await mkdir(info, { recursive: true });
  await writeFile(join(content, `${name}.py`), `def version():\n    return "${version}"\n`);
  await writeFile(join(info, 'METADATA'), `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`);
  await writeFile(join(info, 'WHEEL'), 'Wheel-Version: 1.0\nGenerator: perdura\nRoot-Is-Purelib: true\nTag: py3-none-any\n');
  await writeFile(join(info, 'RECORD'), '');
  for (const [file, text] of Object.entries(more)) await writeFile(join(content, file), text);
  const names = [`${name}.py`, `${name}-${version}.dist-info`, ...Object.keys(more)];
  await run('python3', ['-m', 'zipfile', '-c', join(folder, `${name}-${version}-py3-none-any.whl`), ...names], { cwd: content });
  await rm(content, { recursive: true });
}

describe('packages of Python tools', () => {
  let folder = '';
  let wheels = '';
  const saved = { ...process.env };
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'perdura-packages-'));
    wheels = join(folder, 'wheels');
    await mkdir(wheels);
    await makeWheel(wheels, 'sample_thing', '1.2.0');
    await run('chmod', ['-R', 'a+rX', folder]);
    // The offline index of an operator, by pip's own settings.
    Object.assign(process.env, { PIP_NO_INDEX: '1', PIP_FIND_LINKS: wheels });
  });
  after(async () => {
    process.env = saved;
    await rm(folder, { recursive: true, force: true });
  });

  const source = 'import sample_thing\ndef f():\n    return sample_thing.version()';
  const packages = [{ name: 'Sample.Thing', version: '1.2.0' }];
  const environments = async (): Promise<string[]> =>
    (await readdir(join(folder, 'cache', 'python-environments'))).filter(name => /^[\da-f]{32}$/.test(name));

  it('are installed once from the index of the operator, however many calls ask at once, and read-only in a call', async () => {
    const [one, other] = [
      sandboxWith({ PERDURA_CACHE_DIR: join(folder, 'cache') }),
      sandboxWith({ PERDURA_CACHE_DIR: join(folder, 'cache') }),
    ];
    const calls = [one, one, other].map(async ({ run: call }) => call(source, {}, { packages }));
    const outcomes = await Promise.all(calls);
    assert.deepEqual(
      outcomes.map(({ status, value }) => [status, value]),
      Array.from({ length: 3 }, () => ['success', '1.2.0']),
    );
    assert.equal((await environments()).length, 1);
    const write = 'import sample_thing\ndef f():\n    open(sample_thing.__file__, "a").write("x")';
    assert.match(String((await one.run(write, {}, { packages })).value), /Read-only file system|Permission denied/);
    assert.match(String((await one.run(source)).value), /ModuleNotFoundError/);
    await one.close();
    await other.close();
  });

  it('that cannot be installed fail the call in the words of pip, and are tried again when they are asked for again', async () => {
    const { run: call, close } = sandboxWith({ PERDURA_CACHE_DIR: join(folder, 'cache') });
    const wanted = [{ name: 'sample_thing', version: '2.0.0' }];
    const failed = await call(source, {}, { packages: wanted });
    assert.equal(failed.status, 'error');
    assert.match(
      String(failed.value),
      /^Error executing function f: PackageError: .*No matching distribution found for sample-thing==2\.0\.0/,
    );
    await makeWheel(wheels, 'sample_thing', '2.0.0');
    await run('chmod', ['-R', 'a+rX', folder]);
    assert.equal((await call(source, {}, { packages: wanted })).value, '2.0.0');
    await close();
  });

  it('run nothing of their own while they are installed, and are compiled then', async () => {
    const { run: call, close } = sandboxWith({ PERDURA_CACHE_DIR: join(folder, 'pth') });
    await makeWheel(wheels, 'eager_thing', '1.0.0', { 'eager.pth': 'import sys; open(sys.prefix + "/has-run", "w")\n' });
    await run('chmod', ['-R', 'a+rX', folder]);
    const eager = 'import eager_thing\ndef f():\n    return eager_thing.version()';
    assert.equal((await call(eager, {}, { packages: [{ name: 'eager_thing', version: '1.0.0' }] })).value, '1.0.0');
    const files = (await readdir(join(folder, 'pth', 'python-environments'), { recursive: true })).map(path => basename(path));
    assert.equal(files.includes('eager.pth'), true);
    assert.equal(files.includes('has-run'), false);
    assert.equal(
      files.some(name => /^eager_thing\..*\.pyc$/.test(name)),
      true,
    );
    await close();
  });

  it('are named, never located: a URL or an option of pip is refused', async () => {
    const { run: call, close } = sandboxWith({ PERDURA_CACHE_DIR: join(folder, 'cache') });
    for (const name of ['git+https://example.com/x.git', '--index-url=http://example.com', '../x', 'a b']) {
      assert.match(
        String((await call(source, {}, { packages: [{ name, version: null }] })).value),
        /PackageError: '.*' is no name of a package/,
      );
    }
    await close();
  });
});
