import type { MigrationInterface, QueryRunner } from 'typeorm';
import { vectorIndexSql } from '../vector.js';

/** Half-precision indexes for the dimensions of the usual embedding models. */
export class VectorIndexes1765400000000 implements MigrationInterface {
  readonly name = 'VectorIndexes1765400000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop index passages_embedding_384');
    for (const dimension of [384, 512, 768, 1024, 3072]) await queryRunner.query(vectorIndexSql('passages', dimension));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const dimension of [384, 512, 768, 1024, 3072]) await queryRunner.query(`drop index passages_embedding_${dimension}`);
    await queryRunner.query(
      'create index passages_embedding_384 on passages using hnsw ((embedding::vector(384)) vector_cosine_ops) where embedding_dim = 384',
    );
  }
}
