import assert from 'node:assert/strict';
import type { WireForm } from '../support/mock-reply.js';
import { modelOf, wireForms } from '../support/models.js';
import { useStack } from '../support/stack-client.js';

/** What providers cache a request by: what has to be the same, byte for byte, and what the next request may only go on. */
interface Prefix {
  readonly fixed: string;
  readonly history: string;
}

describe('requests to a model', () => {
  const client = useStack();
  const { stack } = client;
  let seenBefore: number;
  beforeEach(() => {
    seenBefore = stack.mock.seen.length;
    stack.mock.script = ({ messages }) => {
      const start = messages.findLastIndex(message => message.role === 'user');
      const done = messages.slice(start).filter(message => message.role === 'tool').length;
      if (done >= 2) return { text: 'Done.' };
      // Models repeat the ids of their calls.
      return {
        text: 'First this.',
        toolCalls: [{ id: 'call_1', name: 'memory_insert', args: { label: 'human', new_string: `fact ${done}` } }],
      };
    };
  });

  const prefixes = (form: WireForm): readonly Prefix[] => stack.mock.seen.slice(seenBefore).map(({ body }) => prefixOf(form, body));

  /** Pairs of neighbours that do not go on from each other. */
  function breaks(requests: readonly Prefix[]): number {
    return requests.slice(1).filter((next, index) => {
      const before = requests[index];
      return before === undefined || next.fixed !== before.fixed || !next.history.startsWith(before.history);
    }).length;
  }

  for (const form of wireForms) {
    it(`go on from the one before, byte for byte, in the steps of a run and from run to run: ${form}`, async () => {
      stack.mock.script = ({ messages }) => {
        const start = messages.findLastIndex(message => message.role === 'user');
        const done = messages.slice(start).filter(message => message.role === 'tool').length;
        return done < 2
          ? { text: 'First this.', toolCalls: [{ id: 'call_1', name: 'test_tool', args: { text: 'x' } }] }
          : { text: 'Done.' };
      };
      const agentId = await client.newAgent({ model: modelOf[form], tools: ['test_tool'] });
      for (const input of ['One', 'Two', 'Three']) assert.equal((await client.send(agentId, { input })).status, 200);
      const requests = prefixes(form);
      assert.equal(requests.length, 9);
      assert.equal(breaks(requests), 0);
    });

    it(`begin anew when the memory has changed or the context was compacted, and only then: ${form}`, async () => {
      const agentId = await client.newAgent({ model: modelOf[form] });
      await client.send(agentId, { input: 'One' });
      assert.equal(prefixes(form).length, 3);
      assert.equal(breaks(prefixes(form)), 0, 'the steps of a run go on with the memory that it began with');
      await client.send(agentId, { input: 'Two' });
      assert.equal(breaks(prefixes(form)), 1, 'the next run begins with what the first one has written');

      seenBefore = stack.mock.seen.length;
      stack.mock.script = () => ({ text: 'Fine.' });
      await client.send(agentId, { input: 'Three' });
      await client.letta.agents.blocks.update('human', { agent_id: agentId, value: 'Likes tea.' });
      await client.send(agentId, { input: 'Four' });
      assert.equal(breaks(prefixes(form)), 1);
      assert.equal(new Set(prefixes(form).map(({ fixed }) => toolsOf(fixed))).size, 1, 'the tools stay');

      seenBefore = stack.mock.seen.length;
      await client.send(agentId, { input: 'Five' });
      const response = await fetch(`${stack.url}/v1/agents/${agentId}/summarize`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      });
      assert.equal(response.status, 200, await response.text());
      const summary = stack.mock.seen.length - 1;
      await client.send(agentId, { input: 'Six' });
      const own = stack.mock.seen.filter((_, index) => index >= seenBefore && index !== summary).map(({ body }) => prefixOf(form, body));
      assert.equal(breaks(own), 1);
    });
  }

  it("tell Anthropic to keep tools, system message and history by four markers at most, the last of which is the next request's", async () => {
    const agentId = await client.newAgent({ model: modelOf.anthropic });
    await client.send(agentId, { input: 'One' });
    const marks = stack.mock.seen.slice(seenBefore).map(({ body }) => JSON.stringify(body).split('"cache_control"').length - 1);
    assert.deepEqual(marks, [3, 4, 4]);
    const [first, second] = stack.mock.seen.slice(seenBefore).map(({ body }) => markedOf(body));
    assert.deepEqual(second?.at(-2), first?.at(-1));
  });
});

function prefixOf(form: WireForm, body: Readonly<Record<string, unknown>>): Prefix {
  const { tools, messages, input, instructions, system } = unmarked(body);
  const history = form === 'responses' ? input : messages;
  return { fixed: JSON.stringify([tools, instructions ?? system]), history: JSON.stringify(history).slice(0, -1) };
}

function toolsOf(fixed: string): string {
  return JSON.stringify((JSON.parse(fixed) as readonly unknown[])[0]);
}

/** Anthropic's markers say where a prefix ends and are no part of it. */
function unmarked(body: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return JSON.parse(JSON.stringify(body).replaceAll(',"cache_control":{"type":"ephemeral"}', '')) as Readonly<Record<string, unknown>>;
}

/** The blocks of the history at which a prefix ends. */
function markedOf(body: Readonly<Record<string, unknown>>): readonly unknown[] {
  const messages = body['messages'] as readonly { readonly content: readonly Readonly<Record<string, unknown>>[] }[];
  return messages.flatMap(message => message.content.filter(block => 'cache_control' in block));
}
