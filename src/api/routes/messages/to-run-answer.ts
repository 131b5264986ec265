import { randomUUID } from 'node:crypto';
import type { AnswerCreateBody, CallAnswerBody } from '../../../contract/messages.contract.js';
import type { RunAnswer } from '../../../domain/approvals/approval-request.js';
import { notServed, RequestError } from '../../../domain/errors.js';
import type { CallAnswer } from '../../../domain/messages/content.js';

/** The answers that a request brings. The older form names the request where the newer one names a call. */
export function toRunAnswer(body: AnswerCreateBody): RunAnswer {
  const answers = bodiesOf(body).map(toCallAnswer);
  if (answers.length === 0) throw new RequestError('invalid', 'Invalid approval response: there is no answer in it');
  return { answers, by: 'client', otid: body.otid ?? randomUUID() };
}

function bodiesOf(body: AnswerCreateBody): readonly CallAnswerBody[] {
  if (body.type === 'tool_return') return body.tool_returns;
  if (body.approvals != null) return body.approvals;
  return [{ type: 'approval', tool_call_id: body.approval_request_id ?? '', approve: body.approve === true, reason: body.reason ?? null }];
}

export function toCallAnswer(body: CallAnswerBody): CallAnswer {
  if ('approve' in body) {
    return { type: 'approval', toolCallId: body.tool_call_id, approve: body.approve, reason: body.reason ?? null };
  }
  return {
    type: 'tool',
    toolCallId: body.tool_call_id,
    status: body.status,
    toolReturn: textOf(body.tool_return),
    stdout: body.stdout ?? null,
    stderr: body.stderr ?? null,
  };
}

function textOf(value: Extract<CallAnswerBody, { tool_return: unknown }>['tool_return']): string {
  if (typeof value === 'string') return value;
  if (value.some(part => part.type === 'image')) throw notServed("An image in the field 'tool_return'");
  return value.flatMap(part => (part.type === 'text' ? [part.text] : [])).join('\n');
}
