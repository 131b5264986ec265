import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Mount } from '../bubblewrap/jail.js';

const run = promisify(execFile);

/** What says where packages come from and by which way. */
const telling = /^(PIP_|UV_)|^(https?|no|all)_proxy$|^(SSL_CERT_FILE|SSL_CERT_DIR|REQUESTS_CA_BUNDLE)$/i;
/** Of these there is nothing in the sandbox, and what pip calls the user there is nobody. */
const withheld =
  /^(PIP_(CONFIG_FILE|CACHE_DIR|TARGET|PREFIX|ROOT|USER|LOG|PYTHON|REQUIRE_VIRTUALENV)|UV_(CACHE_DIR|PYTHON.*|CONFIG_FILE|TOOL.*))$/i;

export interface IndexSettings {
  readonly environment: Readonly<Record<string, string>>;
  /** Files and folders of this machine that they name. */
  readonly mounts: readonly Mount[];
}

/** The operator's settings of pip, those of its files as variables. */
export async function readIndexSettings(python: string, environment: Readonly<Record<string, string | undefined>>): Promise<IndexSettings> {
  const chosen = Object.entries(environment).filter(([name, value]) => telling.test(name) && !withheld.test(name) && (value ?? '') !== '');
  const settings = { ...(await configured(python, environment)), ...Object.fromEntries(chosen) } as Record<string, string>;
  const paths = Object.values(settings).flatMap(value => value.split(/\s+/).filter(part => part.startsWith('/') && existsSync(part)));
  return { environment: settings, mounts: [...new Set(paths)].map(path => ({ source: path, target: path, writable: false })) };
}

/** Lines such as global.index-url='…'. */
async function configured(python: string, environment: Readonly<Record<string, string | undefined>>): Promise<Record<string, string>> {
  // Without pip there is nothing of it to read; the installation says so itself.
  const { stdout } = await run(python, ['-m', 'pip', 'config', 'list'], { env: { ...environment }, cwd: '/' }).catch(() => ({
    stdout: '',
  }));
  const found = [...stdout.matchAll(/^(?:global|install)\.([\w-]+)='(.*)'$/gm)].map(([, name = '', value = '']): [string, string] => [
    `PIP_${name.toUpperCase().replaceAll('-', '_')}`,
    value.replaceAll(String.raw`\n`, ' ').trim(),
  ]);
  return Object.fromEntries(found.filter(([name]) => !withheld.test(name)));
}
