import type { Activities } from '../../src/activities/create-activities.js';
import type { Cluster } from './cluster.js';
import { fiveStepScript } from './five-steps.js';
import {
  compaction,
  deliveredCallback,
  failedText,
  generatedText,
  readFile,
  reembeddedArchive,
  refusedPrompt,
  sleepingAgent,
  triedTool,
  undoneCompaction,
} from './kill-beside-runs.js';
import { approvedCall, cancelledCall, fiveSteps, hanging, overdueApproval } from './kill-runs.js';
import type { Prepared } from './kill-under-all.js';
import { bookPrompt, bookReply, undoneCall } from './kill-undos.js';
import { waitingCall, waitPrompt, waitReply } from './kill-waits.js';
import type { MockReply, MockRequest } from './mock-openai.js';
import { textOf } from './mock-openai.js';

type Scenario = (cluster: Cluster) => Promise<Prepared>;

/** What goes through each activity while a process is killed there, or why nothing has to. */
export const activityScenarios: Readonly<Record<keyof Activities, Scenario | string>> = {
  advanceConversation: fiveSteps,
  advanceCompensation: undoneCall,
  advanceWait: waitingCall,
  callModel: fiveSteps,
  runTool: fiveSteps,
  persistStep: fiveSteps,
  openAnswer: approvedCall,
  persistAnswer: approvedCall,
  settleToolCall: cancelledCall,
  settleOverdueApproval: overdueApproval,
  compactContext: compaction,
  undoCompaction: undoneCompaction,
  deliverCallback: deliveredCallback,
  wakeAgentWhenDue: sleepingAgent,
  generateText: generatedText,
  failGeneration: failedText,
  reembedPassages: reembeddedArchive,
  parseFile: readFile,
  chunkFile: readFile,
  embedFile: readFile,
  reconcileFiles: 'only starts the reading of files that has no workflow, under their own ids; it comes again with the next reconcile',
  carryVectors: 'needs a store of vectors outside of Postgres: test/crash/vectors.test.ts kills the worker in it',
  reconcileVectors: 'only starts the carrying of vectors that has no workflow; it comes again with the next reconcile',
  reconcileConversations:
    'only looks for what others have left and wakes it; it comes again every few seconds, in every other case as well',
  reconcileCallbacks: 'only starts callbacks that have no workflow, under their own ids; it comes again with the next reconcile',
  reconcileCompensations: 'only starts the undoing of runs that nobody undoes, under their own ids; it comes again with the next reconcile',
  reconcileEvents: 'only wakes calls that wait, which look at their rows; it comes again with the next reconcile',
  reconcileGenerations: 'only starts texts that have no workflow, under their own ids; it comes again with the next reconcile',
  runTrial: triedTool,
  settleTrial: 'only ends the row of a call whose activity was lost, once; test/crash/web-tools.test.ts kills the worker in one',
  reconcileTrials: 'only starts calls of tools that have no workflow, under their own ids; it comes again with the next reconcile',
  reconcileJobs: 'only starts jobs that have no workflow, under their own ids; it comes again with the next reconcile',
  embedMessages: 'makes vectors of messages that have none, batch by batch; a repeated one finds what the first has left',
  deleteFiles: 'deletes rows batch by batch; a repeated one finds what the first has left, and an object that is gone is no error',
  purgeRows: 'deletes rows batch by batch; a repeated one finds what the first has left',
  deleteExpired: 'deletes rows batch by batch; a repeated one finds what the first has left',
  deleteOldRows: 'deletes what is too old, in one statement; the next day deletes the rest',
};

/** What the model says in all of them, by what it is asked. */
export function scenarioScript(request: MockRequest): MockReply | Promise<MockReply> {
  if (textOf(request.messages[0]).startsWith('You keep the memory')) return { text: 'A summary.' };
  const start = request.messages.findLastIndex(message => message.role === 'user');
  const asked = textOf(request.messages[start]);
  const isCalled = request.messages.slice(start).some(message => message.role === 'tool');
  if (asked === refusedPrompt) return { error: { status: 401, body: { error: { message: 'No such key.' } } } };
  if (asked === 'Do all five steps.') return fiveStepScript(request);
  if (asked === bookPrompt) return bookReply(isCalled, hanging);
  if (isCalled || asked === 'Hello') return { text: 'Thank you.' };
  if (waitPrompt.test(asked)) return waitReply(asked);
  return { toolCalls: [{ name: 'test_tool', args: { text: asked }, id: 'asked' }] };
}

export function hangWhenAsked(cluster: Cluster): void {
  cluster.onEffect = ({ args }) => (args['text'] === hanging ? new Promise<void>(() => undefined) : undefined);
}
