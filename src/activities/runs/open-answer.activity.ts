import type { AnswerWork } from '../../domain/agent-loop/loop-types.js';
import type { AnswerContext, AnswersRepository } from '../../repositories/answers.repository.js';
import { withDatabaseFailures } from '../database-failure.js';
import { callFacts } from '../tools/call-facts.js';
import type { DefaultTimeouts } from '../tools/call-facts.js';
import { callRules } from '../tools/call-rules.js';
import type { CallRules } from '../tools/call-rules.js';

export interface OpenAnswerDeps {
  readonly answers: AnswersRepository;
  readonly toolTimeouts: DefaultTimeouts;
}

export function createOpenAnswer({ answers, toolTimeouts }: OpenAnswerDeps) {
  /** What a run that answers an approval request has to do. Reads only. */
  return function openAnswer({ runId }: { readonly runId: string }): Promise<AnswerWork> {
    return withDatabaseFailures(async () => {
      const context = await answers.load(runId);
      return context === null || context.isClosed || !context.runOpen ? { kind: 'closed' } : toWork(context, toolTimeouts);
    });
  };
}

function toWork(context: AnswerContext, toolTimeouts: DefaultTimeouts): AnswerWork {
  const { runId, stepNumber, ordinal } = context.requestedBy;
  const rules = allowing(callRules(context), context.asked);
  const calls = context.calls.map((call, index) => callFacts(call, index, rules, toolTimeouts)).filter(call => mayRun(context, call.index));
  return {
    kind: 'open',
    origin: { runId, stepNumber },
    ordinal,
    calls,
    hasOthers: calls.length < context.calls.length,
    uncalledRequired: rules.verdict.uncalledRequired,
    cancelRequested: context.cancelRequested,
  };
}

/** What somebody was asked about had passed the rules before; a rule that has been changed meanwhile does not take the answer back. */
function allowing(rules: CallRules, asked: AnswerContext['asked']): CallRules {
  const allowed = [...rules.verdict.allowed, ...asked.map(call => call.toolName)];
  return { ...rules, verdict: { ...rules.verdict, allowed, prefilled: new Map() } };
}

/** What was not asked for, and what was allowed. The client's own tools never run here. */
function mayRun({ asked, answer }: AnswerContext, index: number): boolean {
  const question = asked.find(call => call.index === index);
  if (question === undefined) return true;
  const given = answer.answers.find(candidate => candidate.toolCallId === question.toolCallId);
  return question.kind === 'approval' && given?.type === 'approval' && given.approve;
}
