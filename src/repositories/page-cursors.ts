import { notFound } from '../domain/errors.js';
import type { Database } from './database.js';
import { createConditions } from './sql-conditions.js';
import type { KeysetPage } from './sql-conditions.js';

/** Throws V1's 404 when a list shall start or end at a row outside its scope, which is an organisation, an agent, archives or a folder. No statement without a cursor. */
export async function requireCursors(
  database: Database,
  table: { readonly name: string; readonly noun: string },
  scope: { readonly [column in 'organization_id' | 'agent_id' | 'archive_id' | 'source_id']?: string | readonly string[] },
  { before, after }: Pick<KeysetPage, 'before' | 'after'>,
): Promise<void> {
  const cursors = [before, after].filter(cursor => cursor !== null);
  if (cursors.length === 0) return;
  const conditions = createConditions();
  conditions.add('id = any($?)', cursors);
  for (const [column, value] of Object.entries(scope))
    conditions.add(typeof value === 'string' ? `${column} = $?` : `${column} = any($?)`, value);
  const rows = await database.query<{ id: string }>(`select id from ${table.name} where ${conditions.sql}`, conditions.parameters);
  const missing = cursors.find(cursor => !rows.some(row => row.id === cursor));
  if (missing !== undefined) throw notFound(table.noun, missing);
}
