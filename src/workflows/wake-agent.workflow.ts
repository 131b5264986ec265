import { condition, setHandler } from '@temporalio/workflow';
import { agentActivities } from './activity-proxies.js';
import { sleepChangedSignal } from './messages.js';

/** Wakes a sleeping agent at the time that its row says. Signals say that the row has changed. */
export async function wakeAgent(input: { readonly agentId: string }): Promise<void> {
  let changes = 0;
  setHandler(sleepChangedSignal, () => {
    changes += 1;
  });
  for (;;) {
    const seen = changes;
    const remainingMs = await agentActivities.wakeAgentWhenDue(input);
    if (remainingMs !== null) await condition(() => changes !== seen, remainingMs);
    else if (changes === seen) return;
  }
}
