import { continueAsNew, workflowInfo } from '@temporalio/workflow';
import type { VectorStoreName } from '../domain/vectors/vector-store.js';
import { vectorActivities } from './activity-proxies.js';

export interface CarryVectorsInput {
  readonly store: VectorStoreName;
}

/** Tells a vector store beside Postgres of every change of the record, for as long as the store is in use. What is to be told stands in rows. */
export async function carryVectors(input: CarryVectorsInput): Promise<void> {
  for (let done = false; !done;) {
    ({ done } = await vectorActivities.carryVectors(input));
    // eslint-disable-next-line temporal/workflow-replay-testing-required-comment -- the new execution does the same, and goes on from the rows
    if (!done && workflowInfo().continueAsNewSuggested) await continueAsNew<typeof carryVectors>(input);
  }
}
