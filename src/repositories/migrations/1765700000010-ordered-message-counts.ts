import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who counts messages locks their conversations by id, as everybody does who locks several: docs/design/locks.md. */
const up = countMessages(
  changes => `
    with changes as (${changes}), held as (
      select c.id from conversations c where c.id in (select conversation_id from changes) order by c.id for no key update
    )
    update conversations c set message_count = message_count + x.n from held, changes x where c.id = held.id and x.conversation_id = held.id`,
);

const down = countMessages(
  changes => `update conversations c set message_count = message_count + x.n from (${changes}) x where c.id = x.conversation_id`,
);

/** `add` makes a statement out of a query of conversations and what their counts change by. */
function countMessages(add: (changes: string) => string): string {
  return `create or replace function count_messages() returns trigger language plpgsql as $$
   begin
     if tg_op = 'INSERT' then
       ${add('select conversation_id, count(*) as n from added where not is_err group by conversation_id')};
     elsif tg_op = 'DELETE' then
       ${add('select conversation_id, -count(*) as n from removed where not is_err group by conversation_id')};
     else
       ${add(`select conversation_id, sum(n) as n
                from (select conversation_id, 1 as n from added where not is_err union all select conversation_id, -1 from removed where not is_err) changed
               group by conversation_id having sum(n) <> 0`)};
     end if;
     return null;
   end $$`;
}

export class OrderedMessageCounts1765700000010 implements MigrationInterface {
  readonly name = 'OrderedMessageCounts1765700000010';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(up);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(down);
  }
}
