import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How far the reading of each file is. */
export class FileIngests1766400000000 implements MigrationInterface {
  readonly name = 'FileIngests1766400000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`create table file_ingests (
      file_id text not null,
      parse_attempt integer not null default 1,
      text_kind text,
      is_attached boolean not null default false,
      chunked_parts integer not null default 0,
      is_conservative boolean not null default false,
      asked_chunks integer not null default 0,
      refused_chunks integer not null default 0,
      note text,
      constraint "PK_file_ingests" primary key ("file_id")
    )`);
    await queryRunner.query(
      `alter table "file_ingests" add constraint "FK_2834d78dcce82832aa71d3a1a6c" foreign key ("file_id") references "files"("id") on delete cascade on update no action`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table file_ingests');
  }
}
