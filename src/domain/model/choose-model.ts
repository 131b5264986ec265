import type { ModelCatalog } from './model-catalog.js';
import type { ModelConfig } from './model-config.js';
import { ModelError } from './model-error.js';

/** What a call's model is chosen from, the agent's own config aside. */
export interface ModelWishes {
  /** Of the request. */
  readonly override: string | null;
  /** Of the conversation: a handle, and what its settings change in the config. */
  readonly conversationModel: string | null;
  readonly configChanges: Partial<ModelConfig> | null;
}

/**
 * The config that a call goes by: the request's model, else the conversation's, else the agent's. The agent's context window stays, as far as the other
 * model has one of that size. Throws ModelError `llm_not_found`.
 */
export async function chooseModel(
  models: Pick<ModelCatalog, 'resolveModel'>,
  agent: ModelConfig,
  { override, conversationModel, configChanges }: ModelWishes,
): Promise<ModelConfig> {
  const handle = override ?? conversationModel;
  const changes = override === null ? configChanges : null;
  if (handle === null) return { ...agent, ...changes };
  const resolved = await models.resolveModel(handle);
  if (resolved === null) throw new ModelError({ kind: 'llm_not_found', message: `Handle ${handle} not found`, retryable: false });
  return { ...resolved, contextWindow: Math.min(agent.contextWindow, resolved.contextWindow), ...changes };
}

/** The config that a call goes by; the agent's where that model is no longer there. */
export async function chooseModelOrOwn(
  models: Pick<ModelCatalog, 'resolveModel'>,
  agent: ModelConfig,
  wishes: ModelWishes,
): Promise<ModelConfig> {
  try {
    return await chooseModel(models, agent, wishes);
  } catch (error) {
    if (error instanceof ModelError) return agent;
    throw error;
  }
}
