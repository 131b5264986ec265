import { checkHealth, checkReady, listEmbeddingModels, listModels } from '../../../contract/models.contract.js';
import type { EmbeddingListing, ModelListing } from '../../../domain/model/language-model.js';
import type { ModelCatalog } from '../../../domain/model/model-catalog.js';
import { handleRoute } from '../../mount-route.js';
import type { MountedRoute } from '../../mount-route.js';
import { health } from './health.js';
import type { HealthDeps } from './health.js';

export interface ModelRoutesDeps extends HealthDeps {
  readonly models: Pick<ModelCatalog, 'listModels' | 'listEmbeddingModels'>;
}

export function modelRoutes(deps: ModelRoutesDeps): MountedRoute[] {
  const { models, version } = deps;
  return [
    handleRoute(listModels, async ({ query }) => {
      const listed = await models.listModels();
      return listed
        .filter(model => query.provider_name === undefined || model.providerName === query.provider_name)
        .filter(model => query.provider_type === undefined || model.providerType === query.provider_type)
        .filter(() => query.provider_category === undefined || query.provider_category.includes('base'))
        .map(presentModel);
    }),
    handleRoute(listEmbeddingModels, async () => (await models.listEmbeddingModels()).map(presentEmbeddingModel)),
    handleRoute(checkHealth, () => health(deps)),
    handleRoute(checkReady, () => Promise.resolve({ version, status: 'ok' })),
  ];
}

function presentModel(model: ModelListing) {
  return {
    handle: model.handle,
    name: model.name,
    display_name: model.displayName,
    provider_type: model.providerType,
    provider_name: model.providerName,
    model_type: 'llm',
    max_context_window: model.contextWindow,
    model: model.name,
    model_endpoint_type: model.providerType,
    model_endpoint: null,
    model_wrapper: null,
    context_window: model.contextWindow,
    put_inner_thoughts_in_kwargs: false,
    temperature: 1,
    max_tokens: null,
    enable_reasoner: true,
    reasoning_effort: null,
    max_reasoning_tokens: 0,
    effort: null,
    frequency_penalty: null,
    compatibility_type: null,
    verbosity: null,
    tier: null,
    parallel_tool_calls: false,
    provider_category: 'base',
    response_format: null,
    strict: false,
    return_logprobs: false,
    top_logprobs: null,
    return_token_ids: false,
    tool_call_parser: null,
  };
}

function presentEmbeddingModel(model: EmbeddingListing) {
  return {
    handle: model.handle,
    name: model.name,
    display_name: model.displayName,
    provider_type: model.providerType,
    provider_name: model.providerName,
    model_type: 'embedding',
    embedding_dim: model.embeddingDim,
    embedding_model: model.name,
    embedding_endpoint_type: model.providerType,
    embedding_endpoint: null,
    embedding_chunk_size: 300,
    batch_size: 32,
    azure_endpoint: null,
    azure_version: null,
    azure_deployment: null,
  };
}
