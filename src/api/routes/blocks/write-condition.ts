import { createHash } from 'node:crypto';
import type { UpdateBlockBody } from '../../../contract/blocks.contract.js';
import { RequestError } from '../../../domain/errors.js';
import type { BlockRecord } from '../../../repositories/block-record.js';
import type { WriteCondition } from '../../../repositories/block-updates.repository.js';
import type { RequestContext } from '../../mount-route.js';

type ConditionBody = Pick<UpdateBlockBody, 'expected_version' | 'base_version'>;

/** What a write asks of the block's version: by `expected_version` or If-Match that it is the newest, by `base_version` only to be merged. */
export function writeCondition(body: ConditionBody, context: Pick<RequestContext, 'request'>): WriteCondition {
  const expected = expectedVersion(body, context);
  if (body.base_version == null) return expected === null ? null : { kind: 'unchanged', version: expected };
  if (expected !== null)
    throw new RequestError('unprocessable', 'A write names either the version that it expects or the one that it is to be merged with');
  return { kind: 'merge', version: body.base_version };
}

export function expectedVersion(
  body: { readonly expected_version?: number | null | undefined },
  { request }: Pick<RequestContext, 'request'>,
): number | null {
  const header = request.headers['if-match'];
  const match = header === undefined || header === '*' ? null : /^(?:W\/)?"?(\d{1,9})(?:-\w+)?"?$/.exec(header.trim());
  if (header !== undefined && header !== '*' && match === null)
    throw new RequestError('unprocessable', `If-Match holds no version of a block: ${header}`);
  const fromHeader = match === null ? null : Number(match[1]);
  const fromBody = body.expected_version ?? null;
  if (fromHeader !== null && fromBody !== null && fromHeader !== fromBody)
    throw new RequestError('unprocessable', 'If-Match and expected_version name different versions');
  return fromBody ?? fromHeader;
}

/** V1's 409, with what both writers want. */
export function versionConflict(current: BlockRecord, version: number, fields: readonly string[], yours: string | null): RequestError {
  const detail =
    `Block ${current.id} has been changed by others: it is at version ${current.version} now, and you wrote on version ${version}. ` +
    'Nothing was changed. Write again on the current version.';
  return new RequestError('conflict', detail, {
    conflicting_fields: fields,
    expected_version: version,
    current_version: current.version,
    current_value: current.value,
    your_value: yours,
  });
}

/** The version as HTTP names it, for If-Match; behind it what changes with the rest of the block, for caches. */
export function tagVersion(block: BlockRecord, { response }: Pick<RequestContext, 'response'>): void {
  const rest = createHash('sha256').update(JSON.stringify(block)).digest('hex').slice(0, 12);
  response.set('etag', `"${block.version}-${rest}"`);
}
