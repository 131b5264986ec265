import { randomUUID } from 'node:crypto';
import type { CreateBlockBody, UpdateBlockBody } from '../../../contract/blocks.contract.js';
import { defaultBlockDescription } from '../../../domain/memory/default-description.js';
import type { NewBlock } from '../../../repositories/block-record.js';
import type { BlockChange } from '../../../repositories/blocks.repository.js';

/** Characters. V1 shows the limit and does not hold it. */
const defaultLimit = 100_000;

export function toNewBlock(body: CreateBlockBody): NewBlock {
  return {
    id: `block-${randomUUID()}`,
    label: body.label,
    value: body.value ?? '',
    limit: body.limit ?? defaultLimit,
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
export function toBlockChange({ limit, ...body }: UpdateBlockBody): BlockChange {
  const change = { ...body, char_limit: limit };
  return Object.fromEntries(Object.entries(change).filter(([, member]) => member !== undefined && member !== null));
}
