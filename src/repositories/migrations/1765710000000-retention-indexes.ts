import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Traces go with their agent, and by its retention alone; old messages of an agent are found by an index. */
export class RetentionIndexes1765710000000 implements MigrationInterface {
  readonly name = 'RetentionIndexes1765710000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('delete from provider_traces t where not exists (select from agents a where a.id = t.agent_id)');
    await queryRunner.query(
      'alter table provider_traces add constraint "FK_51f609c201d15b6a3590d4aba01" foreign key (agent_id) references agents (id) on delete cascade',
    );
    await queryRunner.query('drop index provider_traces_by_age');
    await queryRunner.query('create index messages_by_age on messages (agent_id, created_at)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop index messages_by_age');
    await queryRunner.query('create index provider_traces_by_age on provider_traces (created_at)');
    await queryRunner.query('alter table provider_traces drop constraint "FK_51f609c201d15b6a3590d4aba01"');
  }
}
