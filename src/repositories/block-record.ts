/** A block as the API shows it. */
export interface BlockRecord {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  /** Characters. */
  readonly limit: number;
  readonly description: string | null;
  readonly readOnly: boolean;
  readonly metadata: Readonly<Record<string, unknown>> | null;
  readonly hidden: boolean | null;
  readonly tags: readonly string[];
  readonly isTemplate: boolean;
  readonly templateName: string | null;
  readonly templateId: string | null;
  readonly baseTemplateId: string | null;
  readonly deploymentId: string | null;
  readonly entityId: string | null;
  readonly projectId: string | null;
  readonly preserveOnMigration: boolean;
  /** Of the newest version, from 1. */
  readonly version: number;
  readonly createdById: string | null;
  readonly lastUpdatedById: string | null;
}

const members: Readonly<Record<keyof BlockRecord, string>> = {
  id: 'id',
  label: 'label',
  value: 'value',
  limit: 'char_limit',
  description: 'description',
  readOnly: 'read_only',
  metadata: 'metadata',
  hidden: 'hidden',
  tags: 'tags',
  isTemplate: 'is_template',
  templateName: 'template_name',
  templateId: 'template_id',
  baseTemplateId: 'base_template_id',
  deploymentId: 'deployment_id',
  entityId: 'entity_id',
  projectId: 'project_id',
  preserveOnMigration: 'preserve_on_migration',
  version: 'version',
  createdById: 'created_by_id',
  lastUpdatedById: 'last_updated_by_id',
};

/** A row of `blocks` under this alias, as a JSON object with the record's members. */
export function blockObject(alias: string): string {
  return `jsonb_build_object(${Object.entries(members)
    .map(([member, column]) => `'${member}', ${alias}.${column}`)
    .join(', ')})`;
}

/** What a version keeps: a row of `blocks` or of `block_versions` under this alias. */
export function stateObject(alias: string): string {
  return `jsonb_build_object('label', ${alias}.label, 'value', ${alias}.value, 'limit', ${alias}.char_limit, 'description', ${alias}.description,
    'readOnly', ${alias}.read_only)`;
}

/** What a new block consists of; the rest has defaults. */
export interface NewBlock {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly limit: number;
  readonly description: string | null;
  readonly read_only: boolean;
  readonly metadata: Readonly<Record<string, unknown>> | null;
  readonly hidden: boolean | null;
  readonly tags: readonly string[];
  readonly is_template: boolean;
  readonly template_name: string | null;
  readonly template_id: string | null;
  readonly base_template_id: string | null;
  readonly deployment_id: string | null;
  readonly entity_id: string | null;
  readonly project_id: string | null;
  readonly preserve_on_migration: boolean;
}

/** Two parts of a statement: inserts the blocks of the JSON array `$json`, and the first version of each. `made` names the first part. */
export function insertBlocks(json: string, organization: string, user: string): string {
  return `
new_blocks as (
  select r.*, row_number() over () as n from jsonb_to_recordset(${json}::jsonb) as r (id text, label text, value text, "limit" int, description text, read_only boolean,
    metadata jsonb, hidden boolean, tags jsonb, is_template boolean, template_name text, template_id text, base_template_id text, deployment_id text, entity_id text,
    project_id text, preserve_on_migration boolean)
), made_blocks as (
  insert into blocks (id, organization_id, label, value, char_limit, description, read_only, metadata, hidden, tags, is_template, template_name, template_id,
                      base_template_id, deployment_id, entity_id, project_id, preserve_on_migration, created_by_id, last_updated_by_id)
  select id, ${organization}, label, value, "limit", description, read_only, metadata, hidden, array(select jsonb_array_elements_text(tags)), is_template, template_name,
         template_id, base_template_id, deployment_id, entity_id, project_id, preserve_on_migration, ${user}, ${user} from new_blocks
  returning *
), first_versions as (
  insert into block_versions (block_id, version, label, value, char_limit, description, read_only, action, author_type, author_id)
  select id, 1, label, value, char_limit, description, read_only, 'create', 'user', ${user} from made_blocks
)`;
}
