import type { MigrationInterface, QueryRunner } from 'typeorm';
import { unwatchVectorsSql, watchVectorsSql } from '../vector-change-triggers.js';

/** Stores beside Postgres, and the changes that they have yet to be told of. */
export class VectorCarrying1765400000001 implements MigrationInterface {
  readonly name = 'VectorCarrying1765400000001';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`create table vector_indexes (
      name text not null,
      state text not null,
      fill_collection text,
      fill_after text not null default '',
      filled integer not null default 0,
      lease_token text,
      leased_until timestamptz(3),
      last_error text,
      leaves_at timestamptz(3),
      created_at timestamptz(3) not null default now(),
      primary key (name)
    )`);
    await queryRunner.query(`create unique index "vector_indexes_active" on "vector_indexes" ("state") where state = 'active'`);
    await queryRunner.query('create sequence vector_changes_seq');
    await queryRunner.query(`create table vector_changes (
      seq bigint not null default nextval('vector_changes_seq'),
      store text not null,
      collection text not null,
      point_id text not null,
      organization_id text not null,
      dimension integer,
      created_at timestamptz(3) not null default now(),
      primary key (seq)
    )`);
    await queryRunner.query('create index "vector_changes_of_store" on "vector_changes" ("store", "seq")');
    for (const sql of watchVectorsSql({
      table: 'passages',
      collection: 'passages',
      id: 'id',
      columns: ['archive_id', 'tags', 'created_at'],
    })) {
      await queryRunner.query(sql);
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const sql of unwatchVectorsSql('passages')) await queryRunner.query(sql);
    await queryRunner.query('drop table vector_changes');
    await queryRunner.query('drop sequence vector_changes_seq');
    await queryRunner.query('drop table vector_indexes');
  }
}
