import type { AgentState, BlockResponse, Tool } from '@letta-ai/letta-client/resources';
import type { Run } from '@letta-ai/letta-client/resources/agents';
import type { z } from 'zod';
import type { agentState } from '../../src/contract/agents.contract.js';
import type { block } from '../../src/contract/blocks.contract.js';
import type { run } from '../../src/contract/runs.contract.js';
import type { tool } from '../../src/contract/tools.contract.js';

/** Compiles only while what we answer has the members that the SDK's types promise. */
type Missing<Promised, Given> = Exclude<keyof Promised, keyof Given>;
type None<Names extends never> = Names;

export type SdkTypes = [
  None<Missing<AgentState, z.output<typeof agentState>>>,
  None<Missing<BlockResponse, z.output<typeof block>>>,
  None<Missing<Tool, z.output<typeof tool>>>,
  None<Missing<Run, z.output<typeof run>>>,
];
