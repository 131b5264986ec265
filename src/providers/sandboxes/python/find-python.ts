import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import { SandboxUnavailable } from '../../../domain/sandbox/code-sandbox.js';

export interface Python {
  /** Of the interpreter itself, behind links and shims. */
  readonly executable: string;
  /** Where its library is; none of it lies outside of these and /usr. */
  readonly folders: readonly string[];
  /** Such as 3.11. */
  readonly version: string;
}

const run = promisify(execFile);
const question = 'import json, os, sys; print(json.dumps([sys.executable, sys.prefix, sys.base_prefix, "%d.%d" % sys.version_info[:2]]))';
const answer = z.tuple([z.string(), z.string(), z.string(), z.string()]);

/** Asks an interpreter where it lives. Throws SandboxUnavailable when there is none. */
export async function findPython(program: string, searchPath: string): Promise<Python> {
  try {
    const { stdout } = await run(program, ['-I', '-c', question], { env: { PATH: searchPath }, cwd: '/' });
    const [executable, prefix, basePrefix, version] = answer.parse(JSON.parse(stdout));
    const folders = [...new Set([prefix, basePrefix])].filter(folder => folder !== '/usr' && !folder.startsWith('/usr/'));
    return { executable, folders, version };
  } catch (error) {
    const reason = error instanceof Error ? error.message.trim().split('\n').slice(-1).join('') : String(error);
    throw new SandboxUnavailable(
      `The Python of tools, ${program}, cannot be used: ${reason}. Install python3, or set PERDURA_TOOL_PYTHON.`,
    );
  }
}
