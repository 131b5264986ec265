import { toSql } from 'pgvector';

/** Dimensions that have an index of their own, and the type that it is on: a plain vector's index ends at 2,000 dimensions and costs twice. */
const indexedTypes: Readonly<Record<number, string>> = { 384: 'vector(384)', 1536: 'halfvec(1536)' };

/** A column or parameter as the type that the index of its dimension is on, so that the planner recognises it. */
export function asIndexed(expression: string, dimension: number): string {
  return `${expression}::${indexedTypes[dimension] ?? `vector(${dimension})`}`;
}

export function toVectorLiteral(vector: readonly number[]): string {
  return toSql([...vector]) ?? '[]';
}
