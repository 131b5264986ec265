import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Backend } from '../../src/main/backend.js';
import { textOf } from './talk.js';
import type { Talk } from './talk.js';

/** A talk that is an agent's history. */
export interface LoadedTalk {
  readonly talk: Talk;
  readonly agentId: string;
  /** Turns by the id of their message. */
  readonly turnOf: ReadonlyMap<string, string>;
}

/** Writes talks as the histories of new agents, with the times of their turns, and waits until the worker has made their vectors. */
export async function loadTalks(url: string, backend: Backend, talks: readonly Talk[]): Promise<LoadedTalk[]> {
  const loaded: LoadedTalk[] = [];
  for (const talk of talks) loaded.push(await loadTalk(url, backend, talk));
  await backend.embeddingStarter.start();
  const agents = loaded.map(({ agentId }) => agentId);
  const waiting = 'select message_id from unembedded_messages where agent_id = any($1) limit 1';
  while ((await backend.database.query(waiting, [agents])).length > 0) await sleep(200);
  return loaded;
}

async function loadTalk(url: string, backend: Backend, talk: Talk): Promise<LoadedTalk> {
  const response = await fetch(`${url}/v1/agents/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: talk.id, model: 'perdura/demo', embedding: 'perdura/minilm', include_base_tools: false }),
  });
  if (!response.ok) throw new Error(await response.text());
  const { id: agentId } = (await response.json()) as { readonly id: string };
  const [first] = talk.turns;
  const rows = talk.turns.map((turn, n) => ({
    n,
    id: `message-${randomUUID()}`,
    role: turn.speaker === first?.speaker ? 'user' : 'assistant',
    text: textOf(turn),
    at: turn.at,
    turn: turn.id,
  }));
  await backend.database.query(insertSql, [agentId, JSON.stringify(rows)]);
  return { talk, agentId, turnOf: new Map(rows.map(row => [row.id, row.turn])) };
}

const insertSql = `
insert into messages (id, organization_id, agent_id, conversation_id, role, content, search_text, created_at)
select t.id, a.organization_id, a.id, c.id, t.role, jsonb_build_array(jsonb_build_object('type', 'text', 'text', t.text)), t.text, t.at
  from agents a join conversations c on c.agent_id = a.id and c.is_default,
       jsonb_to_recordset($2::jsonb) as t (n int, id text, role text, text text, at timestamptz)
 where a.id = $1 order by t.n`;
