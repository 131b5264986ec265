import type { ToolCallInput, ToolCallOutcome } from '../../domain/agent-loop/loop-types.js';
import type { ToolCallsRepository } from '../../repositories/tool-calls.repository.js';
import { withDatabaseFailures } from '../database-failure.js';
import { outcomeOf } from './tool-call-outcome.js';

export function createSettleToolCall({ toolCalls }: { readonly toolCalls: ToolCallsRepository }) {
  /** Ends a call whose activity did not come back. A result that is stored wins; a call that has none is kept from ever starting. */
  return function settleToolCall(input: ToolCallInput): Promise<ToolCallOutcome> {
    return withDatabaseFailures(async () => {
      const begun = await toolCalls.begin(input);
      if (begun === null || begun.state === 'ended') return outcomeOf(input, begun?.status ?? 'cut_off', begun?.result ?? null);
      const settled = await toolCalls.settle(begun.context);
      return outcomeOf(input, settled.status, settled.result);
    });
  };
}
