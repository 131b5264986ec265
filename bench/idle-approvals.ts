import type { Client } from '@temporalio/client';

export interface IdleApprovalsDeps {
  readonly client: Client;
  /** An agent whose tool needs an approval. */
  readonly newAgent: () => Promise<string>;
  /** One message, after which the approval is pending. */
  readonly ask: (agentId: string) => Promise<void>;
}

const count = 100;

/** What waiting costs: open executions in Temporal and memory of API and worker, once 100 approvals are pending. */
export async function idleApprovals({ client, newAgent, ask }: IdleApprovalsDeps): Promise<string> {
  const agents: string[] = [];
  for (let index = 0; index < count; index += 1) agents.push(await newAgent());
  await ask(agents[0] ?? '');
  const before = process.memoryUsage().rss;
  for (const agentId of agents.slice(1)) await ask(agentId);
  let open = 0;
  for (const agentId of agents) {
    if (!(await isClosed(client, agentId))) open += 1;
  }
  const megabytes = (process.memoryUsage().rss - before) / 1_048_576;
  return `${open} open workflows, ${(megabytes / (count - 1)).toFixed(2)} MB more memory of API + worker for each`;
}

/** The execution of a conversation ends some milliseconds after its run. */
async function isClosed(client: Client, agentId: string): Promise<boolean> {
  for (let tries = 0; tries < 50; tries += 1) {
    const { status } = await client.workflow.getHandle(`agent/${agentId}/default`).describe();
    if (status.name !== 'RUNNING') return true;
    await new Promise(resolve => setTimeout(resolve, 20));
  }
  return false;
}
