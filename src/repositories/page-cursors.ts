import { notFound } from '../domain/errors.js';
import type { Database } from './database.js';
import type { KeysetPage } from './sql-conditions.js';

/** Throws V1's 404 when a list shall start or end at a row that the organisation does not have. No statement without a cursor. */
export async function requireCursors(
  database: Database,
  table: { readonly name: string; readonly noun: string },
  organizationId: string,
  { before, after }: KeysetPage,
): Promise<void> {
  const cursors = [before, after].filter(cursor => cursor !== null);
  if (cursors.length === 0) return;
  const rows = await database.query<{ id: string }>(`select id from ${table.name} where organization_id = $1 and id = any($2)`, [
    organizationId,
    cursors,
  ]);
  const missing = cursors.find(cursor => !rows.some(row => row.id === cursor));
  if (missing !== undefined) throw notFound(table.noun, missing);
}
