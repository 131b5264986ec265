import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import { createPayloadCodec } from './payload-codec.js';
import type { OnKeyMissing } from './payload-codec.js';

/** For the client, the worker, the bundle of the workflows and replays: all of them have to agree. */
export function dataConverter(keys: readonly Uint8Array[], onKeyMissing?: OnKeyMissing): DataConverter {
  return { payloadCodecs: [createPayloadCodec(keys, onKeyMissing)], ...failureConverterOption(keys.length > 0) };
}

/** Without a key the messages of failures stay readable where Temporal's tools look for them. */
export function failureConverterOption(isEncrypted: boolean): Pick<DataConverter, 'failureConverterPath'> {
  return isEncrypted ? { failureConverterPath } : {};
}

/** The source or the compiled file, as this one is. */
const failureConverterPath = fileURLToPath(new URL(`../workflows/encoding-failure-converter${extname(import.meta.url)}`, import.meta.url));
