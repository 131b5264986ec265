import { createWakeAgentWhenDue } from './agents/wake-agent.activity.js';
import type { WakeAgentDeps } from './agents/wake-agent.activity.js';
import { createDeliverCallback } from './callbacks/deliver-callback.activity.js';
import type { DeliverCallbackDeps } from './callbacks/deliver-callback.activity.js';
import { createReconcileCallbacks } from './callbacks/reconcile-callbacks.activity.js';
import type { ReconcileCallbacksDeps } from './callbacks/reconcile-callbacks.activity.js';
import { createCompactContext } from './context/compact-context.activity.js';
import type { CompactContextDeps } from './context/compact-context.activity.js';
import { createUndoCompaction } from './context/undo-compaction.activity.js';
import type { UndoCompactionDeps } from './context/undo-compaction.activity.js';
import { createAdvanceCompensation } from './compensations/advance-compensation.activity.js';
import type { AdvanceCompensationDeps } from './compensations/advance-compensation.activity.js';
import { createReconcileCompensations } from './compensations/reconcile-compensations.activity.js';
import type { ReconcileCompensationsDeps } from './compensations/reconcile-compensations.activity.js';
import { createEmbedMessages } from './embeddings/embed-messages.activity.js';
import type { EmbedMessagesDeps } from './embeddings/embed-messages.activity.js';
import { createFileActivities } from './files/create-file-activities.js';
import type { FileActivityDeps } from './files/create-file-activities.js';
import { createReconcileFiles } from './files/reconcile-files.activity.js';
import type { ReconcileFilesDeps } from './files/reconcile-files.activity.js';
import { createCallModel } from './llm/call-model.activity.js';
import type { CallModelDeps } from './llm/call-model.activity.js';
import { createFailGeneration, createGenerateText } from './generation/generate-text.activity.js';
import type { GenerateTextDeps } from './generation/generate-text.activity.js';
import { createReconcileGenerations } from './generation/reconcile-generations.activity.js';
import type { ReconcileGenerationsDeps } from './generation/reconcile-generations.activity.js';
import { createAdvanceConversation } from './runs/advance-conversation.activity.js';
import type { AdvanceConversationDeps } from './runs/advance-conversation.activity.js';
import { createDeleteExpired } from './retention/delete-expired.activity.js';
import type { DeleteExpiredDeps } from './retention/delete-expired.activity.js';
import { createPurgeRows } from './jobs/purge-rows.activity.js';
import type { PurgeRowsDeps } from './jobs/purge-rows.activity.js';
import { createDeleteFiles } from './jobs/delete-files.activity.js';
import type { DeleteFilesDeps } from './jobs/delete-files.activity.js';
import { createReconcileJobs } from './jobs/reconcile-jobs.activity.js';
import type { ReconcileJobsDeps } from './jobs/reconcile-jobs.activity.js';
import { createReembedPassages } from './jobs/reembed-passages.activity.js';
import type { ReembedPassagesDeps } from './jobs/reembed-passages.activity.js';
import { createDeleteOldRows } from './runs/delete-old-rows.activity.js';
import type { DeleteOldRowsDeps } from './runs/delete-old-rows.activity.js';
import { createOpenAnswer } from './runs/open-answer.activity.js';
import type { OpenAnswerDeps } from './runs/open-answer.activity.js';
import { createPersistAnswer } from './runs/persist-answer.activity.js';
import { createPersistStep } from './runs/persist-step.activity.js';
import type { PersistStepDeps } from './runs/persist-step.activity.js';
import { createReconcileConversations } from './runs/reconcile-conversations.activity.js';
import type { ReconcileDeps } from './runs/reconcile-conversations.activity.js';
import { createSettleOverdueApproval } from './runs/settle-overdue-approval.activity.js';
import type { SettleOverdueApprovalDeps } from './runs/settle-overdue-approval.activity.js';
import { createAdvanceWait } from './tools/advance-wait.activity.js';
import type { AdvanceWaitDeps } from './tools/advance-wait.activity.js';
import { createReconcileEvents } from './tools/reconcile-events.activity.js';
import type { ReconcileEventsDeps } from './tools/reconcile-events.activity.js';
import { createRunTool } from './tools/run-tool.activity.js';
import type { RunToolDeps } from './tools/run-tool.activity.js';
import { createSettleToolCall } from './tools/settle-tool-call.activity.js';
import { createReconcileTrials } from './trials/reconcile-trials.activity.js';
import type { ReconcileTrialsDeps } from './trials/reconcile-trials.activity.js';
import { createRunTrial, createSettleTrial } from './trials/run-trial.activity.js';
import type { RunTrialDeps } from './trials/run-trial.activity.js';
import { createCarryVectors } from './vectors/carry-vectors.activity.js';
import type { CarryVectorsDeps } from './vectors/carry-vectors.activity.js';
import { createReconcileVectors } from './vectors/reconcile-vectors.activity.js';
import type { ReconcileVectorsDeps } from './vectors/reconcile-vectors.activity.js';

export type ActivityDeps = AdvanceConversationDeps &
  AdvanceCompensationDeps &
  ReconcileCompensationsDeps &
  AdvanceWaitDeps &
  ReconcileEventsDeps &
  CallModelDeps &
  CarryVectorsDeps &
  CompactContextDeps &
  DeleteExpiredDeps &
  DeleteFilesDeps &
  PurgeRowsDeps &
  DeleteOldRowsDeps &
  DeliverCallbackDeps &
  FileActivityDeps &
  GenerateTextDeps &
  EmbedMessagesDeps &
  ReconcileCallbacksDeps &
  ReconcileFilesDeps &
  ReconcileGenerationsDeps &
  ReconcileJobsDeps &
  ReconcileTrialsDeps &
  ReembedPassagesDeps &
  OpenAnswerDeps &
  PersistStepDeps &
  ReconcileDeps &
  ReconcileVectorsDeps &
  RunToolDeps &
  RunTrialDeps &
  SettleOverdueApprovalDeps &
  UndoCompactionDeps &
  WakeAgentDeps;

/** All activities of the worker, by the names under which workflows call them. */
export function createActivities(deps: ActivityDeps) {
  return {
    ...createFileActivities(deps),
    advanceConversation: createAdvanceConversation(deps),
    advanceCompensation: createAdvanceCompensation(deps),
    advanceWait: createAdvanceWait(deps),
    callModel: createCallModel(deps),
    carryVectors: createCarryVectors(deps),
    compactContext: createCompactContext(deps),
    deliverCallback: createDeliverCallback(deps),
    failGeneration: createFailGeneration(deps),
    generateText: createGenerateText(deps),
    reconcileCallbacks: createReconcileCallbacks(deps),
    reconcileCompensations: createReconcileCompensations(deps),
    reconcileEvents: createReconcileEvents(deps),
    reconcileFiles: createReconcileFiles(deps),
    reconcileGenerations: createReconcileGenerations(deps),
    reconcileJobs: createReconcileJobs(deps),
    reconcileTrials: createReconcileTrials(deps),
    reembedPassages: createReembedPassages(deps),
    purgeRows: createPurgeRows(deps),
    deleteExpired: createDeleteExpired(deps),
    deleteFiles: createDeleteFiles(deps),
    embedMessages: createEmbedMessages(deps),
    deleteOldRows: createDeleteOldRows(deps),
    openAnswer: createOpenAnswer(deps),
    persistAnswer: createPersistAnswer(deps),
    persistStep: createPersistStep(deps),
    reconcileVectors: createReconcileVectors(deps),
    reconcileConversations: createReconcileConversations(deps),
    runTool: createRunTool(deps),
    runTrial: createRunTrial(deps),
    settleOverdueApproval: createSettleOverdueApproval(deps),
    settleToolCall: createSettleToolCall(deps),
    settleTrial: createSettleTrial(deps),
    undoCompaction: createUndoCompaction(deps),
    wakeAgentWhenDue: createWakeAgentWhenDue(deps),
  };
}

export type Activities = ReturnType<typeof createActivities>;

export type ToolWorkerDeps = RunToolDeps & RunTrialDeps;

/** Those of a worker for sandboxed tools, which runs nothing else. */
export function createToolActivities(deps: ToolWorkerDeps): Pick<Activities, 'runTool' | 'runTrial'> {
  return { runTool: createRunTool(deps), runTrial: createRunTrial(deps) };
}
