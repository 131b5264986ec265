import { z } from 'zod';
import { nothing } from './fields.js';
import { defineRoute } from './route.js';

/** Operations that Temporal's UI calls, as its codec server protocol has them. */

const base64 = z.base64();

/** A payload as protobuf's JSON. */
const payload = z.looseObject({ metadata: z.record(z.string(), base64).default({}), data: base64.default('') });
const payloads = z.looseObject({ payloads: z.array(payload) });

const tag = 'temporal';

export const decodePayloads = defineRoute({
  operationId: 'perdura_decode_payloads',
  method: 'post',
  path: '/v1/_temporal/codec/decode',
  tag,
  summary: "Decrypt payloads for Temporal's UI",
  params: nothing,
  query: nothing,
  body: payloads,
  response: payloads,
});

export const encodePayloads = defineRoute({
  operationId: 'perdura_encode_payloads',
  method: 'post',
  path: '/v1/_temporal/codec/encode',
  tag,
  summary: "Encrypt payloads for Temporal's UI",
  params: nothing,
  query: nothing,
  body: payloads,
  response: payloads,
});

export const signInToCodec = defineRoute({
  operationId: 'perdura_sign_in_to_codec',
  method: 'get',
  path: '/v1/_temporal/codec/sign-in',
  tag,
  summary: "Let this browser's Temporal UI decrypt, by a cookie",
  params: nothing,
  query: nothing,
  body: nothing,
  response: z.object({ status: z.string() }),
});
