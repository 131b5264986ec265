import { continueAsNew, workflowInfo } from '@temporalio/workflow';
import { embeddingActivities } from './activity-proxies.js';

/** Makes the vectors of the messages whose rows ask for them, until none does. There is one such workflow at a time. */
export async function embedMessages(): Promise<void> {
  while (await embeddingActivities.embedMessages()) {
    // eslint-disable-next-line temporal/workflow-replay-testing-required-comment, temporal/workflow-no-continue-as-new-without-state-argument -- its state is the rows
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof embedMessages>();
  }
}
