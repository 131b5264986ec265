import { isIPv4 } from 'node:net';

/** Whether a name or an address, without a port, leads to this machine alone, wherever it is resolved. */
export function isLoopback(name: string): boolean {
  const host = name.toLowerCase();
  return /^(.+\.)?localhost$/.test(host) || (isIPv4(host) && host.startsWith('127.')) || host === '::1' || host === '[::1]';
}
