/** A property that clients keep with an identity. */
export interface IdentityProperty {
  readonly key: string;
  readonly value: string | number | boolean | Readonly<Record<string, unknown>>;
  readonly type: 'string' | 'number' | 'boolean' | 'json';
}

/** An identity as the API shows it. */
export interface IdentityRecord {
  readonly id: string;
  readonly organizationId: string;
  readonly identifierKey: string;
  readonly name: string;
  readonly identityType: 'org' | 'user' | 'other';
  readonly projectId: string | null;
  readonly properties: readonly IdentityProperty[];
  readonly agentIds: readonly string[];
  readonly blockIds: readonly string[];
}

/** A row of `identities` under this alias, as a JSON object with the record's members. */
export function identityObject(alias: string): string {
  return `jsonb_build_object('id', ${alias}.id, 'organizationId', ${alias}.organization_id, 'identifierKey', ${alias}.identifier_key, 'name', ${alias}.name,
    'identityType', ${alias}.identity_type, 'projectId', ${alias}.project_id, 'properties', ${alias}.properties,
    'agentIds', ${linkedIds(alias, 'agent')}, 'blockIds', ${linkedIds(alias, 'block')})`;
}

function linkedIds(alias: string, target: 'agent' | 'block'): string {
  return `coalesce((select jsonb_agg(x.${target}_id order by x.created_at, x.${target}_id) from identities_${target}s x where x.identity_id = ${alias}.id), '[]')`;
}

/** Whether a row under this alias is linked to an identity, by id or by one of several keys; `$?` stands for the value. */
export function isOfIdentity(alias: string, target: 'agent' | 'block'): { readonly byId: string; readonly byKeys: string } {
  const links = `identities_${target}s x`;
  const link = `x.${target}_id = ${alias}.id`;
  return {
    byId: `exists (select from ${links} where ${link} and x.identity_id = $?)`,
    byKeys: `exists (select from ${links} join identities i on i.id = x.identity_id where ${link} and i.identifier_key = any($?::text[]))`,
  };
}
