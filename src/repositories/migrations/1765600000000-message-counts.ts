import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * How many messages a conversation has, counted by the database itself in whatever way messages come and go. Who writes messages of a
 * conversation without its row locks that row by it.
 */
const up = [
  'alter table conversations add column message_count bigint not null default 0',
  `update conversations c set message_count = m.n
     from (select conversation_id, count(*) as n from messages where not is_err group by conversation_id) m where m.conversation_id = c.id`,
  `create function count_messages() returns trigger language plpgsql as $$
   begin
     if tg_op = 'INSERT' then
       update conversations c set message_count = message_count + x.n
         from (select conversation_id, count(*) as n from added where not is_err group by conversation_id) x where c.id = x.conversation_id;
     elsif tg_op = 'DELETE' then
       update conversations c set message_count = message_count - x.n
         from (select conversation_id, count(*) as n from removed where not is_err group by conversation_id) x where c.id = x.conversation_id;
     else
       update conversations c set message_count = message_count + x.n
         from (select conversation_id, sum(n) as n
                 from (select conversation_id, 1 as n from added where not is_err union all select conversation_id, -1 from removed where not is_err) changes
                group by conversation_id having sum(n) <> 0) x
        where c.id = x.conversation_id;
     end if;
     return null;
   end $$`,
  `create trigger messages_added after insert on messages referencing new table as added for each statement execute function count_messages()`,
  `create trigger messages_removed after delete on messages referencing old table as removed for each statement execute function count_messages()`,
  `create trigger messages_changed after update on messages referencing old table as removed new table as added
     for each statement execute function count_messages()`,
];

const down = [
  'drop trigger messages_changed on messages',
  'drop trigger messages_removed on messages',
  'drop trigger messages_added on messages',
  'drop function count_messages',
  'alter table conversations drop column message_count',
];

export class MessageCounts1765600000000 implements MigrationInterface {
  readonly name = 'MessageCounts1765600000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of up) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of down) await queryRunner.query(statement);
  }
}
