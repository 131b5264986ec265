import type { SettleToolCallInput, ToolCallOutcome } from '../../domain/agent-loop/loop-types.js';
import type { ToolCallsRepository } from '../../repositories/tool-calls.repository.js';
import { withDatabaseFailures } from '../database-failure.js';
import { outcomeOf } from './tool-call-outcome.js';
import { failure, toReturn, untakenText } from './tool-return.js';

export function createSettleToolCall({ toolCalls }: { readonly toolCalls: ToolCallsRepository }) {
  /** Ends a call whose activity did not come back. A result that is stored wins; a call that has none is kept from ever starting. */
  return function settleToolCall(input: SettleToolCallInput): Promise<ToolCallOutcome> {
    return withDatabaseFailures(async () => {
      const begun = await toolCalls.begin(input);
      if (begun === null || begun.state === 'ended') return outcomeOf(input, begun?.status ?? 'cut_off', begun?.result ?? null);
      const { context } = begun;
      const settled = await (begun.state === 'new' && input.untakenMs !== undefined
        ? toolCalls.refuse(context.id, toReturn(context, failure(untakenText(context.call.name, input.untakenMs))))
        : toolCalls.settle(context));
      return outcomeOf(input, settled.status, settled.result);
    });
  };
}
