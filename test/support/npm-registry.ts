import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface FakePackage {
  readonly name: string;
  readonly version: string;
  /** By path. */
  readonly files: Readonly<Record<string, string>>;
  readonly manifest?: Readonly<Record<string, unknown>>;
}

export interface NpmRegistry {
  readonly url: string;
  /** Paths that were asked for. */
  readonly requests: readonly string[];
  /** While true, requests are not answered. */
  isSilent: boolean;
  close(): Promise<void>;
}

/** A registry of these packages, as npm's own serves them. */
export async function startNpmRegistry(packages: readonly FakePackage[]): Promise<NpmRegistry> {
  const tarballs = new Map<string, Buffer>();
  const documents = new Map<string, object>();
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '');
    requests.push(path);
    if (registry.isSilent) return;
    const found = tarballs.get(path) ?? documents.get(path);
    if (found === undefined) response.writeHead(404).end('{}');
    else response.writeHead(200).end(Buffer.isBuffer(found) ? found : JSON.stringify(found));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const entry of packages) {
    const { name, version, manifest = {} } = entry;
    const tarball = await pack(entry);
    const path = `/${name}/-/${version}.tgz`;
    tarballs.set(path, tarball);
    const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
    const one = { name, version, ...manifest, dist: { tarball: `${url}${path}`, integrity } };
    documents.set(`/${name}`, { name, 'dist-tags': { latest: version }, versions: { [version]: one } });
  }
  const registry: NpmRegistry = {
    url,
    requests,
    isSilent: false,
    async close() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
  return registry;
}

async function pack({ name, version, files, manifest = {} }: FakePackage): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'perdura-package-'));
  await mkdir(join(folder, 'package'));
  const all = { 'package.json': JSON.stringify({ name, version, type: 'module', exports: './index.js', ...manifest }), ...files };
  for (const [path, text] of Object.entries(all)) await writeFile(join(folder, 'package', path), text);
  execFileSync('tar', ['-czf', join(folder, 'package.tgz'), '-C', folder, 'package']);
  const tarball = await readFile(join(folder, 'package.tgz'));
  await rm(folder, { recursive: true });
  return tarball;
}
