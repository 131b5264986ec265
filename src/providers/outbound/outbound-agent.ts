import type { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import { useAgent } from 'request-filtering-agent';

/**
 * Connects to what a name or an address stands for, unless that is this machine or a private network. The address that is connected to is the one
 * that was checked.
 */
export function outboundAgent(url: string, allowPrivate: boolean): HttpAgent | HttpsAgent {
  return useAgent(url, { allowPrivateIPAddress: allowPrivate, allowMetaIPAddress: allowPrivate, keepAlive: false });
}
