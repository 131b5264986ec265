/** A condition: the column holds the text, in any case. `%` and `_` stand for themselves, unlike with `ilike`. */
export function contains(column: string): string {
  return `strpos(lower(${column}), lower($?)) > 0`;
}
