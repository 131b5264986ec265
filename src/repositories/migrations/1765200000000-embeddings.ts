import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Vectors of texts that were embedded before. */
export class Embeddings1765200000000 implements MigrationInterface {
  readonly name = 'Embeddings1765200000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      create table embeddings (
        model text not null,
        content_hash text not null,
        embedding vector not null,
        created_at timestamptz(3) not null default now(),
        used_at timestamptz(3) not null default now(),
        constraint "PK_f24adc7de844e81581baf26df7b" primary key (model, content_hash)
      )`);
    await queryRunner.query('create index embeddings_by_use on embeddings (used_at)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table embeddings');
  }
}
