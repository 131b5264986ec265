import type { SandboxNetwork } from '../../../domain/sandbox/code-sandbox.js';

const widening: readonly SandboxNetwork[] = ['none', 'public', 'host'];

/** The narrower one: a tool may ask for less than the server allows, never for more. */
export function narrowed(allowed: SandboxNetwork, wanted: SandboxNetwork): SandboxNetwork {
  return widening.indexOf(wanted) < widening.indexOf(allowed) ? wanted : allowed;
}
