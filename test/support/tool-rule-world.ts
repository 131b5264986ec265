import type { MockReply, MockRequest } from './mock-openai.js';
import { textOf } from './mock-openai.js';
import { useStack } from './stack-client.js';

type Rules = readonly Readonly<Record<string, unknown>>[];

export interface Told {
  readonly agentId: string;
  /** The requests that the model got, in order. */
  readonly requests: readonly MockRequest[];
  readonly stopReason: string;
  readonly messages: readonly Readonly<Record<string, unknown>>[];
}

export const agentTools = ['test_tool', 'memory_insert', 'memory_replace', 'conversation_search'];
export const insert = (line: string) => ({ name: 'memory_insert', args: { label: 'human', new_string: line } });
export const test = (text = 'x') => ({ name: 'test_tool', args: { text } });
export const search = { name: 'conversation_search', args: { query: 'x' } };

export const offered = (request: MockRequest | undefined): string[] => (request?.tools ?? []).map(tool => tool.function.name).sort();
export const named = (name: string) => ({ type: 'function', function: { name } });

export const returnsOf = ({ messages }: Told): { status: unknown; text: unknown }[] =>
  messages
    .filter(message => message['message_type'] === 'tool_return_message')
    .map(message => ({ status: message['status'], text: message['tool_return'] }));

/** Agents with tool rules and a scripted model, for the top of a `describe`. */
export function useToolRules() {
  const { stack, letta: client, newAgent } = useStack();
  /** Of each call of `test_tool`. */
  const toolArguments: Readonly<Record<string, unknown>>[] = [];
  beforeEach(() => {
    toolArguments.length = 0;
    toolAnswers('done');
  });

  /** What test_tool answers, call by call; the last one again and again. */
  function toolAnswers(...answers: readonly string[]): void {
    const left = [...answers];
    stack.testTool = (_call, args) => {
      toolArguments.push(args);
      return Promise.resolve({ status: 'success', value: (left.length > 1 ? left.shift() : left[0]) ?? 'done' });
    };
  }

  const agentWith = (rules: Rules, more: Readonly<Record<string, unknown>> = {}): Promise<string> =>
    newAgent({ tools: agentTools, include_base_tools: false, include_base_tool_rules: false, tool_rules: rules, ...more });

  function script(replies: readonly MockReply[]): void {
    const left = [...replies];
    stack.mock.script = () => left.shift() ?? { text: 'Done.' };
  }

  const requestsOf = (agentId: string): MockRequest[] =>
    stack.mock.seen.filter(({ request }) => textOf(request.messages[0]).includes(agentId)).map(({ request }) => request);

  /** One message to a new agent with these rules, whose model gives these answers and then says that it is done. */
  async function tell(rules: Rules, replies: readonly MockReply[], more: Readonly<Record<string, unknown>> = {}): Promise<Told> {
    const agentId = await agentWith(rules, more);
    script(replies);
    const answer = await client.agents.messages.create(agentId, { input: 'Go', max_steps: 8 });
    const messages = answer.messages as unknown as Told['messages'];
    return { agentId, requests: requestsOf(agentId), stopReason: answer.stop_reason.stop_reason, messages };
  }
  return { client, toolArguments, toolAnswers, agentWith, script, requestsOf, tell };
}
