import { defineSearchAttributeKey } from '@temporalio/common';
import type { SearchAttributePair, SearchAttributeUpdatePair, TypedSearchAttributes } from '@temporalio/common';
import type { RunEnd, RunWork } from '../domain/agent-loop/loop-types.js';
import { statusForStopReason } from '../domain/agent-loop/stop-reason.js';

/** What Temporal's UI can filter by: ids and names of states only, for they are never encrypted. The API never reads them. */
export const agentIdAttribute = defineSearchAttributeKey('AgentId', 'KEYWORD');
export const conversationIdAttribute = defineSearchAttributeKey('ConversationId', 'KEYWORD');
/** `RunId` is Temporal's own: there it means an execution of a workflow. */
export const runIdAttribute = defineSearchAttributeKey('AgentRunId', 'KEYWORD');

/** Of a conversation: these and AgentRunId tell of its latest run. */
const runStatusAttribute = defineSearchAttributeKey('RunStatus', 'KEYWORD');
const stopReasonAttribute = defineSearchAttributeKey('StopReason', 'KEYWORD');
const modelAttribute = defineSearchAttributeKey('Model', 'KEYWORD');

export const searchAttributeKeys = [
  agentIdAttribute,
  conversationIdAttribute,
  runIdAttribute,
  runStatusAttribute,
  stopReasonAttribute,
  modelAttribute,
] as const;

/** What is told of a run that begins. */
export type FirstRun = Pick<RunWork, 'runId' | 'modelHandle'>;

export function attributesOfStart({ runId, modelHandle }: FirstRun): SearchAttributePair[] {
  return [
    { key: runIdAttribute, value: runId },
    { key: modelAttribute, value: modelHandle },
    { key: runStatusAttribute, value: 'running' },
  ];
}

/** What has to be changed so that the attributes tell of a run that begins; nothing when the execution was started with them. */
export function changesOfStart(run: FirstRun, current: TypedSearchAttributes): SearchAttributeUpdatePair[] {
  const isTold = current.get(runIdAttribute) === run.runId && current.get(modelAttribute) === run.modelHandle;
  if (isTold && current.get(runStatusAttribute) === 'running') return [];
  return [...attributesOfStart(run), { key: stopReasonAttribute, value: null }];
}

/** As above, for an execution that has found no run to carry out: what it was started for had ended before. */
export function changesOfNone(current: TypedSearchAttributes): SearchAttributeUpdatePair[] {
  if (current.get(runStatusAttribute) === undefined) return [];
  return [runIdAttribute, runStatusAttribute, modelAttribute].map(key => ({ key, value: null }));
}

export function attributesOfEnd({ stopReason }: Pick<RunEnd, 'stopReason'>): SearchAttributeUpdatePair[] {
  return [
    { key: runStatusAttribute, value: statusForStopReason(stopReason) },
    { key: stopReasonAttribute, value: stopReason },
  ];
}
