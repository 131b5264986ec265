import type { MigrationInterface, QueryRunner } from 'typeorm';
import { unwatchVectorsSql, watchVectorsSql } from '../vector-change-triggers.js';

/** Stores beside Postgres are told of the vectors of messages, too. */
export class MessageVectorCarrying1765700000000 implements MigrationInterface {
  readonly name = 'MessageVectorCarrying1765700000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const columns = ['agent_id', 'conversation_id', 'role', 'created_at'];
    const statements = watchVectorsSql({ table: 'message_embeddings', collection: 'messages', id: 'message_id', columns });
    for (const sql of statements) await queryRunner.query(sql);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const sql of unwatchVectorsSql('message_embeddings')) await queryRunner.query(sql);
  }
}
