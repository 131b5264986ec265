import 'reflect-metadata';
import { writeFileSync } from 'node:fs';
import { packageFile } from '../src/config/version.js';
import { defaultOrganizationId } from '../src/domain/ids.js';
import { defaultConversationId } from '../src/domain/runs/execution-ids.js';
import { startBenchServer } from './bench-server.js';
import { timed } from './measure.js';
import type { Timing } from './measure.js';
import { seedMessages } from './seed-messages.js';

/** How long operations take on an agent with ever more messages. `npm run bench:scale [largest power of ten]` */
const powers = [3, 4, 5, 6].filter(power => power <= Number(process.argv[2] ?? 6));

const server = await startBenchServer({ PERDURA_STEP_ISOLATION: 'inline' });
const { backend } = server;
const agentId = await server.newAgent();
const conversationId = defaultConversationId(agentId);
const send = (): Promise<void> => server.send('inline', agentId);
for (let index = 0; index < 10; index += 1) await send();

/** The message in the middle of the history, and its run. */
async function middle(): Promise<{ readonly id: string; readonly runId: string }> {
  const rows = await backend.database.query<{ id: string; run_id: string }>(
    `select id, run_id from messages where agent_id = $1 and run_id is not null and sequence_id >= (select (min(sequence_id) + max(sequence_id)) / 2 from messages where agent_id = $1)
      order by sequence_id limit 1`,
    [agentId],
  );
  const row = rows[0];
  if (row === undefined) throw new Error('no messages');
  return { id: row.id, runId: row.run_id };
}

const search = (query: string | null): Promise<unknown> =>
  backend.messageSearcher.search(
    {
      organizationId: defaultOrganizationId,
      agentId,
      conversationIds: null,
      query: query ?? '',
      mode: 'hybrid',
      roles: ['user', 'assistant'],
      startAt: null,
      endAt: null,
      limit: 5,
    },
    new AbortController().signal,
  );

async function measureAll(): Promise<ReadonlyMap<string, Timing>> {
  const { id, runId } = await middle();
  const get = (path: string) => () => server.get(path);
  const operations: readonly (readonly [name: string, work: () => Promise<unknown>])[] = [
    ['messages.list, the newest', get(`/v1/agents/${agentId}/messages?limit=50`)],
    ['messages.list, from the middle', get(`/v1/agents/${agentId}/messages?limit=50&before=${id}`)],
    [
      'messages.list of the default conversation, the oldest',
      get(`/v1/agents/${agentId}/messages?limit=50&conversation_id=default&order=asc`),
    ],
    ['conversations.messages.list, the newest', get(`/v1/conversations/default/messages?agent_id=${agentId}&limit=50`)],
    ['conversations.messages.list, from the middle', get(`/v1/conversations/default/messages?agent_id=${agentId}&limit=50&after=${id}`)],
    ['messages of a run', get(`/v1/runs/${runId}/messages`)],
    ['runs.list', get(`/v1/runs/?agent_id=${agentId}&limit=50`)],
    ['steps.list', get(`/v1/steps/?agent_id=${agentId}&limit=50`)],
    ['agents.retrieve', get(`/v1/agents/${agentId}`)],
    ['context overview', get(`/v1/agents/${agentId}/context`)],
    ['recompile of the system message', () => server.post(`/v1/agents/${agentId}/recompile`)],
    ['search of messages, by time alone', () => search(null)],
    ['search of messages, a rare word', () => search('w19990')],
    ['search of messages, three words', () => search('w15000 w4000 w700')],
    ['send of a one-step message', send],
  ];
  const times = new Map<string, Timing>();
  for (const [name, work] of operations) {
    const time = await timed(name.startsWith('send') ? 40 : 30, work);
    times.set(name, time);
    console.log(`${name}: p10 ${time.p10.toFixed(1)} ms, p50 ${time.p50.toFixed(1)} ms, p95 ${time.p95.toFixed(1)} ms`);
  }
  return times;
}

const levels: ReadonlyMap<string, Timing>[] = [];
for (const power of powers) {
  console.log(`10^${power} messages`);
  await seedMessages(backend.database, { agentId, conversationId, upTo: 10 ** power });
  levels.push(await measureAll());
}

const [first, last] = [levels[0], levels.at(-1)];
const rows = [...(first?.keys() ?? [])].map(name => {
  const cells = levels.map(level => level.get(name)?.p10.toFixed(1) ?? '');
  const growth = (last?.get(name)?.p10 ?? 0) / (first?.get(name)?.p10 ?? 1);
  return `| ${name} | ${cells.join(' | ')} | ${last?.get(name)?.p95.toFixed(1)} | ${growth.toFixed(2)} |`;
});
writeFileSync(
  packageFile('docs/benchmarks-scale.md'),
  `# Benchmarks: an agent with very many messages

\`npm run bench:scale\` writes this file. One agent has ever more messages, a tenth as many runs and steps, written straight into the database; its context
holds what the sends of this run leave, ninety messages more with each column. Operations are asked for through the HTTP API, but for the searches, which are those of the repository. API, worker, a model that answers at once,
Temporal and Postgres share one machine: the **growth** counts, which is the time at the largest number for one at the smallest.

${new Date().toISOString().slice(0, 10)}, times in ms that a tenth of the calls stayed below:

| operation | ${powers.map(power => `10^${power}`).join(' | ')} | p95 at the last | growth |
|---|${powers.map(() => '---|').join('')}---|---|
${rows.join('\n')}
`,
);
await server.stop();
process.exit(0);
