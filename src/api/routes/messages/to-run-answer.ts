import { randomUUID } from 'node:crypto';
import type { AnswerCreateBody, CallAnswerBody, ImageContent } from '../../../contract/messages.contract.js';
import type { RunAnswer } from '../../../domain/approvals/approval-request.js';
import { RequestError } from '../../../domain/errors.js';
import type { CallAnswer } from '../../../domain/messages/content.js';
import { acceptImage, checkImageCount } from './accept-image.js';
import type { ImageIntake } from './accept-image.js';

/** The answers that a request brings, their images fetched. The older form names the request where the newer one names a call. */
export async function toRunAnswer(body: AnswerCreateBody, images: ImageIntake, clientGone: AbortSignal): Promise<RunAnswer> {
  const answers = await toCallAnswers(bodiesOf(body), images, clientGone);
  if (answers.length === 0) throw new RequestError('invalid', 'Invalid approval response: there is no answer in it');
  return { answers, by: 'client', otid: body.otid ?? randomUUID() };
}

function bodiesOf(body: AnswerCreateBody): readonly CallAnswerBody[] {
  if (body.type === 'tool_return') return body.tool_returns;
  if (body.approvals != null) return body.approvals;
  return [{ type: 'approval', tool_call_id: body.approval_request_id ?? '', approve: body.approve === true, reason: body.reason ?? null }];
}

/** All images of what came with a request, those that the answers to an approval request bring. */
export function imagesOfAnswer(body: AnswerCreateBody): ImageContent[] {
  return bodiesOf(body).flatMap(imagesOf);
}

export function toCallAnswers(bodies: readonly CallAnswerBody[], images: ImageIntake, clientGone: AbortSignal): Promise<CallAnswer[]> {
  checkImageCount(bodies.flatMap(imagesOf), images);
  return Promise.all(bodies.map(body => toCallAnswer(body, images, clientGone)));
}

async function toCallAnswer(body: CallAnswerBody, intake: ImageIntake, clientGone: AbortSignal): Promise<CallAnswer> {
  if ('approve' in body) {
    return { type: 'approval', toolCallId: body.tool_call_id, approve: body.approve, reason: body.reason ?? null };
  }
  const images = await Promise.all(imagesOf(body).map(image => acceptImage(image, intake, clientGone)));
  return {
    type: 'tool',
    toolCallId: body.tool_call_id,
    status: body.status,
    toolReturn: textOf(body.tool_return),
    ...(images.length === 0 ? {} : { images }),
    stdout: body.stdout ?? null,
    stderr: body.stderr ?? null,
  };
}

function imagesOf(body: CallAnswerBody): ImageContent[] {
  if ('approve' in body || typeof body.tool_return === 'string') return [];
  return body.tool_return.filter(part => part.type === 'image');
}

function textOf(value: Extract<CallAnswerBody, { tool_return: unknown }>['tool_return']): string {
  if (typeof value === 'string') return value;
  return value.flatMap(part => (part.type === 'text' ? [part.text] : [])).join('\n');
}
