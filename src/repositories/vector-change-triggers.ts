/** A table that holds vectors, as triggers watch it. */
export interface WatchedTable {
  readonly table: string;
  readonly collection: string;
  /** Column of the point's id. */
  readonly id: string;
  /** What a store is told of, beside the vector and its dimension. */
  readonly columns: readonly string[];
}

/**
 * Triggers that note changes for the stores which are told of them, in the transaction that makes the change. They see whatever way a row takes, cascades among
 * them. One statement each, however many rows were changed; nothing at all while there is no store.
 */
export function watchVectorsSql({ table, collection, id, columns }: WatchedTable): string[] {
  const told = "(i.state in ('filling', 'active') or i.leaves_at > now())";
  const note = (row: string, dimension: string, from: string): string => `
    insert into vector_changes (store, collection, point_id, organization_id, dimension)
    select i.name, '${collection}', ${row}.${id}, ${row}.organization_id, ${dimension} from ${from}, vector_indexes i where ${told}`;
  const seen = ['embedding', 'embedding_dim', ...columns];
  const tuple = (row: string): string => `(${seen.map(column => `${row}.${column}`).join(', ')})`;
  const trigger = (event: string, tables: string): string =>
    `create trigger ${table}_vectors_${event} after ${event} on ${table} referencing ${tables} for each statement execute function note_${table}_vectors()`;
  return [
    `create function note_${table}_vectors() returns trigger language plpgsql as $$
begin
  if not exists (select from vector_indexes) then return null; end if;
  if tg_op = 'INSERT' then ${note('n', 'null', 'new_rows n')} and n.embedding_dim is not null;
  elsif tg_op = 'DELETE' then ${note('o', 'o.embedding_dim', 'old_rows o')} and o.embedding_dim is not null;
  else ${note('n', 'case when o.embedding_dim is distinct from n.embedding_dim then o.embedding_dim end', `old_rows o join new_rows n on n.${id} = o.${id}`)}
      and coalesce(o.embedding_dim, n.embedding_dim) is not null and ${tuple('o')} is distinct from ${tuple('n')};
  end if;
  return null;
end $$`,
    trigger('insert', 'new table as new_rows'),
    trigger('update', 'old table as old_rows new table as new_rows'),
    trigger('delete', 'old table as old_rows'),
  ];
}

export function unwatchVectorsSql(table: string): string[] {
  return [
    ...['insert', 'update', 'delete'].map(event => `drop trigger ${table}_vectors_${event} on ${table}`),
    `drop function note_${table}_vectors()`,
  ];
}
