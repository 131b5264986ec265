import { randomUUID } from 'node:crypto';
import type { CreateBlockBody, UpdateBlockBody } from '../../../contract/blocks.contract.js';
import { defaultBlockDescription } from '../../../domain/memory/default-description.js';
import { storableText } from '../../../domain/storable-text.js';
import type { NewBlock } from '../../../repositories/block-record.js';
import type { BlockChange } from '../../../repositories/blocks.repository.js';

/** Characters. V1 shows the limit and does not hold it. */
const defaultLimit = 100_000;

export function toNewBlock(body: CreateBlockBody): NewBlock {
  return {
    id: `block-${randomUUID()}`,
    label: storableText(body.label),
    value: storableText(body.value ?? ''),
    limit: body.limit ?? defaultLimit,
    description: body.description == null ? defaultBlockDescription(body.label) : storableText(body.description),
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
export function toBlockChange({ limit, label, value, description, ...body }: UpdateBlockBody): BlockChange {
  const texts = Object.entries({ label, value, description }).map(
    ([name, text]) => [name, text == null ? null : storableText(text)] as const,
  );
  const change = { ...body, ...Object.fromEntries(texts), char_limit: limit };
  return Object.fromEntries(Object.entries(change).filter(([, member]) => member !== undefined && member !== null));
}
