import type { ColumnOptions } from 'typeorm';

/** JavaScript dates hold milliseconds: keyset cursors must not cut digits that Postgres would compare. */
export const timestamp = { type: 'timestamptz', precision: 3 } satisfies ColumnOptions;
export const createdNow = { ...timestamp, default: () => 'now()' } satisfies ColumnOptions;
export const text = { type: 'text' } satisfies ColumnOptions;
export const nullableText = { type: 'text', nullable: true } satisfies ColumnOptions;
export const json = { type: 'jsonb' } satisfies ColumnOptions;
/** Kept as the text that it came as: cheaper to write, and any text of a model is allowed in it. */
export const plainJson = { type: 'json' } satisfies ColumnOptions;
export const nullableJson = { type: 'jsonb', nullable: true } satisfies ColumnOptions;
export const nullableTimestamp = { ...timestamp, nullable: true } satisfies ColumnOptions;
export const nullableInteger = { type: 'integer', nullable: true } satisfies ColumnOptions;
export const nullableBigint = { type: 'bigint', nullable: true } satisfies ColumnOptions;
export const flag = { type: 'boolean', default: false } satisfies ColumnOptions;
export const nullableFlag = { type: 'boolean', nullable: true } satisfies ColumnOptions;
export const textArray = { type: 'text', array: true, default: () => "'{}'" } satisfies ColumnOptions;
export const zero = { type: 'integer', default: 0 } satisfies ColumnOptions;
