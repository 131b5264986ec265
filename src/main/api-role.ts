import type { Logger } from 'pino';
import { createContextOverview } from '../activities/llm/context-overview.js';
import { createPreviewRequest } from '../activities/llm/preview-request.js';
import { createCodecAccess, originsOfUi } from '../api/middleware/codec-access.js';
import { createAnsweredRuns } from '../api/routes/messages/answered-runs.js';
import { createGate } from '../api/gate.js';
import { apiRoutes } from '../api/routes/index.js';
import { startApiServer } from '../api/server.js';
import type { WebsocketOptions } from '../api/websocket/accept-websockets.js';
import { createWebsocketOperations } from '../api/websocket/websocket-operations.js';
import type { ImageIntake } from '../api/routes/messages/accept-image.js';
import { packageVersion } from '../config/version.js';
import type { Settings } from '../config/settings.js';
import { StartupError } from '../embedded/startup-error.js';
import { fetchImage } from '../providers/outbound/fetch-image.js';
import { createPayloadCodec } from '../temporal/payload-codec.js';
import { createAgentCommander } from '../temporal/agent-commander.js';
import { createAgentTimers } from '../temporal/agent-timers.js';
import { createRunSubmitter } from '../temporal/submit-run.js';
import type { Backend } from './backend.js';
import { openApiIntake, restChecks } from './rest-tools.js';
import type { RunningRole } from './running-role.js';

/** Serves the API on a backend that somebody else closes. */
export async function runApi(backend: Backend, settings: Settings, logger: Logger): Promise<RunningRole & { readonly port: number }> {
  const version = packageVersion();
  const answeredRuns = createAnsweredRuns(backend.lifecycle, error =>
    logger.warn({ err: error }, 'answers could not be marked as written'),
  );
  const gate = createGate(settings.password);
  const codecAccess = createCodecAccess(gate, settings.password);
  const onWakeFailed = (error: unknown, id: string): void =>
    logger.warn({ err: error, id }, 'a workflow could not be woken; reconcile does it later');
  const submitter = createRunSubmitter({ ...backend, onWakeFailed });
  const deps = {
    ...backend,
    version,
    answeredRuns,
    previewRequest: createPreviewRequest(backend),
    describeContext: createContextOverview(backend),
    codecAccess,
    payloadCodec: createPayloadCodec(settings.encryptionKeys),
    ...limitsOf(settings),
    onWakeFailed,
    images: createImageIntake(settings),
    restChecks,
    openApi: openApiIntake(settings),
    submitter,
    commander: createAgentCommander({ ...backend, submitter, timers: createAgentTimers(backend.temporal.client), onWakeFailed }),
  };
  const { host, port, corsOrigins, jsonLimit, checkResponses, shutdownGraceMs: drainMs } = settings;
  const server = await startApiServer({
    routes: apiRoutes(deps),
    mcp: { ...deps, corsOrigins, onMcpFailure: errorOf(logger, 'a request of MCP has failed') },
    websockets: { operations: createWebsocketOperations(deps), ...websocketLimits(settings) },
    logger,
    gate,
    codecAccess,
    corsOrigins,
    temporalUiOrigins: originsOfUi(backend.temporalUiUrl, settings.temporalUiOrigins),
    jsonLimit,
    checkResponses,
    host,
    port,
    drainMs,
    version,
  }).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      throw new StartupError(`Port ${port} of ${host} is taken. Stop what uses it, or set PERDURA_PORT to another one.`);
    }
    throw error;
  });
  server.setReady();
  return {
    port: server.port,
    stopped: new Promise(() => undefined),
    async stop() {
      await server.close();
      await answeredRuns.close();
    },
  };
}

function limitsOf(settings: Settings) {
  return {
    keepaliveMs: settings.keepaliveMs,
    streamStallMs: settings.streamStallMs,
    cancelWaitMs: settings.cancelWaitMs,
    runDefaults: { isolation: settings.stepIsolation, maxSteps: settings.maxSteps },
    eventLimits: { windowSeconds: settings.eventWindowSeconds, maxBytes: settings.eventMaxBytes },
    archivalTokenLimit: settings.archivalTokenLimit,
    rowsDeletedAtOnce: settings.rowsDeletedAtOnce,
    uploadLimits: { maxBytes: settings.fileMaxBytes, timeoutMs: settings.uploadTimeoutMs },
  };
}

function errorOf(logger: Logger, text: string): (error: unknown) => void {
  return error => logger.error({ err: error }, text);
}

function websocketLimits(settings: Settings): Omit<WebsocketOptions, 'operations'> {
  return {
    maxMessageBytes: settings.wsMaxMessageBytes,
    maxSubscriptions: settings.wsMaxSubscriptions,
    pingMs: settings.wsPingMs,
    stallMs: settings.streamStallMs,
  };
}

function createImageIntake(settings: Settings): ImageIntake {
  const { imageMaxBytes: maxBytes, imageTimeoutMs: timeoutMs, webMaxRedirects: maxRedirects, allowPrivateUrls: allowPrivate } = settings;
  const limits = { maxBytes, timeoutMs, maxRedirects, allowPrivate };
  return { maxBytes, maxFetched: settings.imageMaxUrls, fetch: (url, clientGone) => fetchImage(url, limits, clientGone) };
}
