import { randomUUID } from 'node:crypto';
import type { CreateBlockBody, UpdateBlockBody } from '../../../contract/blocks.contract.js';
import { RequestError } from '../../../domain/errors.js';
import { limitViolation } from '../../../domain/memory/block-limit.js';
import { defaultBlockLimit } from '../../../domain/memory/change-blocks.js';
import { defaultBlockDescription } from '../../../domain/memory/default-description.js';
import type { NewBlock } from '../../../repositories/block-record.js';
import type { BlockChange } from '../../../repositories/block-updates.repository.js';

export interface BlockSettings {
  readonly enforceBlockLimits: boolean;
}

/** Throws when the value is longer than the limit allows and limits are held. */
export function toNewBlock(body: CreateBlockBody, { enforceBlockLimits }: BlockSettings): NewBlock {
  const value = body.value ?? '';
  const limit = body.limit ?? defaultBlockLimit;
  const violation = enforceBlockLimits ? limitViolation({ value, limit }, null) : null;
  if (violation !== null) throw new RequestError('unprocessable', violation);
  return {
    id: `block-${randomUUID()}`,
    label: body.label,
    value,
    limit,
    description: body.description ?? defaultBlockDescription(body.label),
    read_only: body.read_only ?? false,
    metadata: body.metadata ?? {},
    hidden: body.hidden ?? null,
    tags: body.tags ?? [],
    is_template: body.is_template ?? false,
    template_name: body.template_name ?? null,
    template_id: body.template_id ?? null,
    base_template_id: body.base_template_id ?? null,
    deployment_id: body.deployment_id ?? null,
    entity_id: body.entity_id ?? null,
    project_id: body.project_id ?? null,
    preserve_on_migration: body.preserve_on_migration ?? false,
  };
}

/** Members that are null are left as they are, as V1 does it. */
export function toBlockChange({ limit, expected_version: _expected, base_version: _base, ...body }: UpdateBlockBody): BlockChange {
  const change = { ...body, char_limit: limit };
  return Object.fromEntries(Object.entries(change).filter(([, member]) => member !== undefined && member !== null));
}
