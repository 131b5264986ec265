/** Gathers the conditions of a list and their parameters, so that numbers and values cannot get out of step. */
export interface Conditions {
  /** `$?` in the text stands for the value. */
  add(text: string, value: unknown): void;
  addIf(value: unknown, text: string): void;
  readonly parameter: (value: unknown) => string;
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** `outer` = conditions of another part of the same statement, whose parameters go on here. */
export function createConditions(outer?: Conditions): Conditions {
  const texts: string[] = [];
  const parameters: unknown[] = [];
  const parameter = outer?.parameter ?? ((value: unknown): string => `$${parameters.push(value)}`);
  const add = (text: string, value: unknown): void => {
    texts.push(text.replaceAll('$?', parameter(value)));
  };
  return {
    add,
    addIf(value, text) {
      if (value !== undefined && value !== null) add(text, value);
    },
    parameter,
    get sql() {
      return texts.length === 0 ? 'true' : texts.join(' and ');
    },
    parameters: outer?.parameters ?? parameters,
  };
}

export interface KeysetPage {
  readonly before: string | null;
  readonly after: string | null;
  readonly limit: number;
  readonly ascending: boolean;
}

/**
 * `after` and `before` are ids in the direction of the list; rows are ordered by `column`, then by id. Ends with `order by … limit`. Rows without a value
 * count as having `least`, where a time is not what is ordered by.
 */
export function keyset(
  conditions: Conditions,
  page: KeysetPage,
  table: { readonly name: string; readonly alias: string; readonly column: string; readonly least?: string },
): string {
  const { name, alias, column, least = "'-infinity'" } = table;
  const keyOf = (row: string): string => (column === 'created_at' ? `${row}.created_at` : `coalesce(${row}.${column}, ${least})`);
  const key = keyOf(alias);
  const cursor = (id: string): string => {
    const of = keyOf('k');
    return `(select ${of}, k.id from ${name} k where k.id = ${conditions.parameter(id)})`;
  };
  const bounds = [
    ...(page.after === null ? [] : [`(${key}, ${alias}.id) ${page.ascending ? '>' : '<'} ${cursor(page.after)}`]),
    ...(page.before === null ? [] : [`(${key}, ${alias}.id) ${page.ascending ? '<' : '>'} ${cursor(page.before)}`]),
  ];
  const direction = page.ascending ? 'asc' : 'desc';
  const where = [conditions.sql, ...bounds].join(' and ');
  return `where ${where} order by ${key} ${direction}, ${alias}.id ${direction} limit ${conditions.parameter(page.limit)}`;
}

/** A time as the nanoseconds since 1970 that V1 counts in. */
export function epochNs(time: string): string {
  return `(extract(epoch from ${time}) * 1e9)::bigint`;
}
