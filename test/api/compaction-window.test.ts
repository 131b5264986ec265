import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { defaultConversationId } from '../../src/domain/runs/execution-ids.js';
import { defaultOrganizationId } from '../../src/domain/ids.js';
import { extractNote } from '../../src/domain/context-window/extract-messages.js';
import { plainMessage } from '../../src/domain/messages/message.js';
import type { Message } from '../../src/domain/messages/message.js';
import { appendMessages } from '../../src/repositories/append-messages.js';
import { textOf } from '../support/mock-openai.js';
import type { MockReply, MockRequest } from '../support/mock-openai.js';
import { factNo, factsIn, isSummaryRequest, overflow, smallWindowScript } from '../support/small-window.js';
import type { SmallWindow } from '../support/small-window.js';
import { useStack } from '../support/stack-client.js';
import { assertValidHistory } from '../support/valid-history.js';

/** With COMPACTION_LONG every turn goes through the API, and more tokenizers are tried. */
const isLong = process.env['COMPACTION_LONG'] !== undefined;
const allTurns = 500;
const liveTurns = isLong ? allTurns : 12;
const facts = Array.from({ length: 20 }, (_, index) => factNo(index));
const windowTokens = 8192;

/** A guest arrives with every 25th turn; the rest is talk. */
function turnText(turn: number): string {
  const talk = `Turn ${turn}: the weather at the pool is fine, and the bar is open until ${turn % 12} o'clock. `.repeat(
    turn > allTurns - 12 ? 12 : 3,
  );
  return turn % 25 === 7 ? `${facts[(turn - 7) / 25] ?? ''} ${talk}` : talk;
}

function answer(request: MockRequest): MockReply {
  const last = request.messages.at(-1);
  const wanted = /^Find (.*)$/.exec(textOf(last))?.[1];
  if (last?.role === 'tool') return { text: `Found: ${textOf(last)}` };
  return wanted === undefined ? { text: 'Noted.' } : { toolCalls: [{ name: 'conversation_search', args: { query: wanted } }] };
}

describe('a conversation of 500 turns with a model of 8k', function () {
  this.timeout(isLong ? 1_800_000 : 180_000);
  const api = useStack();
  const { stack } = api;

  async function newAgent(): Promise<string> {
    const agent = { system: 'You keep a hotel.', include_base_tools: false, tools: ['conversation_search'], initial_message_sequence: [] };
    return api.newAgent({ ...agent, context_window_limit: windowTokens });
  }

  /** Turns that were talked before, as their runs would have left them. */
  async function seed(agentId: string, turns: number): Promise<void> {
    const conversationId = defaultConversationId(agentId);
    const base = { ...plainMessage, agentId, conversationId, createdAt: new Date().toISOString() };
    const messages = Array.from({ length: turns }, (_, turn): Message[] => [
      { ...base, id: `message-${randomUUID()}`, role: 'user', content: [{ type: 'text', text: turnText(turn) }] },
      {
        ...base,
        id: `message-${randomUUID()}`,
        role: 'assistant',
        model: 'mock-model',
        content: [{ type: 'text', text: 'Noted.' }],
        toolCalls: [],
      },
    ]).flat();
    await stack.backend.database.transaction(transaction =>
      appendMessages(transaction, { conversationId, organizationId: defaultOrganizationId }, messages),
    );
  }

  function use(model: Omit<SmallWindow, 'windowTokens' | 'answer'>): void {
    stack.mock.script = smallWindowScript({ windowTokens, answer, ...model });
  }

  async function talk(agentId: string, input: string): Promise<string> {
    const response = await api.send(agentId, { input });
    const body = (await response.json()) as { stop_reason: { stop_reason: string }; messages: readonly { content?: string }[] };
    assert.equal(response.status, 200, JSON.stringify(body));
    assert.equal(body.stop_reason.stop_reason, 'end_turn');
    return body.messages.at(-1)?.content ?? '';
  }

  /** The last request that was answered, checked for what a provider asks of every request. */
  function lastRequest(): MockRequest {
    const last = stack.mock.seen.at(-1);
    assert.ok(last !== undefined && !isSummaryRequest(last.request));
    assertValidHistory(last);
    return last.request;
  }

  async function compactions(agentId: string): Promise<readonly { method: string; calls: number }[]> {
    return stack.backend.database.query(
      'select method, model_calls as calls from compactions where conversation_id = $1 and summary_message_id is not null order by sequence_id',
      [defaultConversationId(agentId)],
    );
  }

  async function assertNothingLost(agentId: string, turns: number): Promise<void> {
    const [row] = await stack.backend.database.query<{ n: number }>(
      `select count(*)::int as n from messages where agent_id = $1 and role = 'user' and search_text like 'Turn %' or agent_id = $1 and role = 'user' and search_text like 'The locker%'`,
      [agentId],
    );
    assert.equal(row?.n, turns);
  }

  for (const perFourCharacters of isLong ? [0.5, 0.75, 1, 1.5, 2] : [0.5, 2]) {
    it(`never ends, and the model keeps being told what matters, where it counts ${perFourCharacters} tokens for one`, async () => {
      const agentId = await newAgent();
      use({ perFourCharacters, summarizer: null });
      await seed(agentId, allTurns - liveTurns);
      for (let turn = allTurns - liveTurns; turn < allTurns; turn += 1) await talk(agentId, turnText(turn));
      const told = factsIn(lastRequest());
      assert.ok(told.size >= 16, `${told.size} of 20 facts`);
      const done = await compactions(agentId);
      assert.ok(done.length > 0 && done.every(({ method }) => method !== 'extract'), JSON.stringify(done));
      // One that the model is told anyway stands for the case that all of them are.
      for (const fact of [...facts.filter(candidate => !told.has(candidate)), factNo(3)]) {
        assert.ok((await talk(agentId, `Find ${fact.split(' ').slice(1, 6).join(' ')}`)).includes(fact), fact);
      }
      await assertNothingLost(agentId, allTurns);
    });
  }

  const broken: readonly [string, (request: MockRequest) => MockReply][] = [
    ['says nothing', () => ({ text: '' })],
    ['fails', () => ({ error: { status: 500, body: { error: { message: 'out of order' } } } })],
    ['finds everything too long', () => overflow],
  ];
  for (const [what, summarizer] of broken) {
    it(`goes on with excerpts, marked as such, where the model that summarizes ${what}`, async () => {
      const agentId = await newAgent();
      use({ perFourCharacters: 1, summarizer });
      await seed(agentId, allTurns - 3);
      for (let turn = allTurns - 3; turn < allTurns; turn += 1) await talk(agentId, turnText(turn));
      const texts = lastRequest().messages.map(textOf);
      assert.ok(texts[1]?.includes(JSON.stringify(extractNote).slice(1, -1)), texts[1]);
      assert.equal(texts.at(-1), turnText(allTurns - 1));
      assert.ok((await compactions(agentId)).every(({ method, calls }) => method === 'extract' && calls === 0));
      assert.ok((await talk(agentId, `Find ${facts[0]?.split(' ').slice(1, 6).join(' ') ?? ''}`)).includes(facts[0] ?? '-'));
      await assertNothingLost(agentId, allTurns);
    });
  }

  it('fails for a message that is longer than the window, and answers the next one', async () => {
    const agentId = await newAgent();
    use({ perFourCharacters: 1, summarizer: () => overflow });
    const response = await api.send(agentId, { input: 'far too long '.repeat(8000) });
    assert.equal(response.status, 400, await response.text());
    assert.equal(await talk(agentId, 'And now?'), 'Noted.');
    assert.equal(textOf(lastRequest().messages.at(-1)), 'And now?');
  });
});
