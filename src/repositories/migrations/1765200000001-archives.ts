import type { MigrationInterface, QueryRunner } from 'typeorm';

/** One passage for one text of an archive, and vectors that are marked with their model. */
export class Archives1765200000001 implements MigrationInterface {
  readonly name = 'Archives1765200000001';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`alter table passages add column embedding_model text, add column content_hash text`);
    await queryRunner.query(`
      update passages set embedding_model = split_part(embedding_config ->> 'handle', '/', 1) || '/' || (embedding_config ->> 'embeddingModel') || '/' || embedding_dim
       where embedding is not null and embedding_config is not null`);
    await queryRunner.query(`
      update passages p set content_hash = encode(sha256(convert_to(p.text, 'UTF8')), 'hex') from (
        select id, row_number() over (partition by archive_id, md5(text) order by created_at, id) as place from passages) numbered
       where numbered.id = p.id and numbered.place = 1`);
    await queryRunner.query('create unique index passages_by_content on passages (archive_id, content_hash)');
    await queryRunner.query('drop index passages_tool_key');
    await queryRunner.query(`alter table archives add column former_embeddings jsonb not null default '[]'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('alter table archives drop column former_embeddings');
    await queryRunner.query('create unique index passages_tool_key on passages (archive_id, tool_call_id) where tool_call_id is not null');
    await queryRunner.query('drop index passages_by_content');
    await queryRunner.query('alter table passages drop column content_hash, drop column embedding_model');
  }
}
