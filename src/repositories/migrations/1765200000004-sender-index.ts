import type { MigrationInterface, QueryRunner } from 'typeorm';

/** For a purge of what an identity has said. */
export class SenderIndex1765200000004 implements MigrationInterface {
  readonly name = 'SenderIndex1765200000004';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('create index messages_of_sender on messages (sender_id) where sender_id is not null');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop index messages_of_sender');
  }
}
