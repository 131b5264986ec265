import { schemaFault } from '../activities/tools/check-arguments.js';
import { createRestExecutor } from '../activities/tools/rest-executor.js';
import type { KindExecutor } from '../activities/tools/tool-executor.js';
import type { OpenApiIntake } from '../api/routes/tools/openapi-routes.js';
import type { RestToolChecks } from '../api/routes/tools/to-rest-tool.js';
import type { Settings } from '../config/settings.js';
import { createSecretsOf } from '../domain/secrets/secrets-of.js';
import { createTokenCache } from '../providers/rest/client-credentials.js';
import { selectionFault } from '../providers/rest/select-json.js';
import { readOpenApi } from '../providers/rest/read-openapi.js';
import type { Backend } from './backend.js';

export const restChecks: RestToolChecks = { schemaFault, selectionFault };

/** What reads the OpenAPI documents of REST tools, and how much of one. */
export function openApiIntake(settings: Settings): OpenApiIntake {
  return { read: readOpenApi, maxOperations: settings.restMaxOperations };
}

/** Runs REST tools; tokens that servers give it are kept for as long as it lives. */
export function restExecutor(backend: Backend, settings: Settings): KindExecutor {
  const limits = { maxBytes: settings.restMaxBytes, maxRedirects: settings.restMaxRedirects, allowPrivate: settings.allowPrivateUrls };
  return createRestExecutor({
    ...backend,
    limits,
    secretsOf: createSecretsOf(backend.toolEnvironments, backend.secretCipher),
    tokens: createTokenCache({ ...limits, now: Date.now }),
    mostPages: settings.restMaxPages,
    toolTimeoutMs: settings.toolTimeoutMs,
  });
}
