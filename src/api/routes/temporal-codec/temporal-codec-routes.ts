import type { Payload, PayloadCodec } from '@temporalio/common';
import { decodePayloads, encodePayloads, signInToCodec } from '../../../contract/temporal-codec.contract.js';
import { RequestError } from '../../../domain/errors.js';
import { UnreadablePayloadError } from '../../../temporal/payload-codec.js';
import type { CodecAccess } from '../../middleware/codec-access.js';
import { handleRoute } from '../../mount-route.js';
import type { MountedRoute } from '../../mount-route.js';

export interface TemporalCodecRoutesDeps {
  readonly payloadCodec: PayloadCodec;
  readonly codecAccess: CodecAccess;
}

interface WirePayload {
  readonly metadata: Readonly<Record<string, string>>;
  readonly data: string;
}

export function temporalCodecRoutes({ payloadCodec, codecAccess }: TemporalCodecRoutesDeps): MountedRoute[] {
  return [
    handleRoute(decodePayloads, async ({ body }) => ({ payloads: (await decode(payloadCodec, body.payloads)).map(toWire) })),
    handleRoute(encodePayloads, async ({ body }) => ({ payloads: (await payloadCodec.encode(body.payloads.map(fromWire))).map(toWire) })),
    handleRoute(signInToCodec, (_input, { request, response }) => {
      codecAccess.signIn(request, response);
      return Promise.resolve({
        status: "Temporal's UI in this browser may decrypt. Its data encoder setting has to include cross-origin credentials.",
      });
    }),
  ];
}

async function decode(codec: PayloadCodec, payloads: readonly WirePayload[]): Promise<Payload[]> {
  try {
    return await codec.decode(payloads.map(fromWire));
  } catch (error) {
    throw error instanceof UnreadablePayloadError ? new RequestError('invalid', error.message) : error;
  }
}

function fromWire({ metadata, data }: WirePayload): Payload {
  const entries = Object.entries(metadata).map(([name, value]): [string, Uint8Array] => [name, Buffer.from(value, 'base64')]);
  return { metadata: Object.fromEntries(entries), data: Buffer.from(data, 'base64') };
}

function toWire({ metadata, data }: Payload): WirePayload {
  const entries = Object.entries(metadata ?? {}).map(([name, value]): [string, string] => [name, Buffer.from(value).toString('base64')]);
  return { metadata: Object.fromEntries(entries), data: Buffer.from(data ?? []).toString('base64') };
}
