import { toSql } from 'pgvector';

/**
 * The dimensions of the usual embedding models: each has an index of its own, on half-precision numbers. A plain vector's index ends at 2,000 dimensions, is
 * twice as large, and finds the same.
 */
export const indexedDimensions: readonly number[] = [384, 512, 768, 1024, 1536, 3072];

/** A column or parameter as the type that the index of its dimension is on, so that the planner recognises it. */
export function asIndexed(expression: string, dimension: number): string {
  return `${expression}::${indexedDimensions.includes(dimension) ? 'halfvec' : 'vector'}(${dimension})`;
}

export function toVectorLiteral(vector: readonly number[]): string {
  return toSql([...vector]) ?? '[]';
}

/** An approximate index for one dimension of a table's column `embedding`. */
export function vectorIndexSql(table: string, dimension: number): string {
  return `create index ${table}_embedding_${dimension} on ${table} using hnsw ((embedding::halfvec(${dimension})) halfvec_cosine_ops)
    where embedding_dim = ${dimension}`;
}
