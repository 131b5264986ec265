import type { BlockRecord } from '../../repositories/block-record.js';

export function presentBlock(block: BlockRecord) {
  return {
    id: block.id,
    label: block.label,
    value: block.value,
    limit: block.limit,
    description: block.description,
    read_only: block.readOnly,
    metadata: block.metadata ?? {},
    hidden: block.hidden,
    tags: block.tags,
    is_template: block.isTemplate,
    template_name: block.templateName,
    template_id: block.templateId,
    base_template_id: block.baseTemplateId,
    deployment_id: block.deploymentId,
    entity_id: block.entityId,
    project_id: block.projectId,
    preserve_on_migration: block.preserveOnMigration,
    created_by_id: block.createdById,
    last_updated_by_id: block.lastUpdatedById,
    version: block.version,
  };
}
