import { z } from 'zod';
import { archiveSettings } from './archive-settings.js';
import { define, flag, milliseconds, optionalText, positive, text, url } from './define-setting.js';
import type { SettingDefinition } from './define-setting.js';
import { parseEncryptionKeys } from './encryption-keys.js';
import { fileSettings } from './file-settings.js';
import { mcpSettings } from './mcp-settings.js';
import { messageSearchSettings } from './message-search-settings.js';
import { toolCallSettings } from './tool-call-settings.js';
import { toolSettings } from './tool-settings.js';
import { restSettings } from './rest-settings.js';
import { uploadSettings } from './upload-settings.js';
import { vectorSettings } from './vector-settings.js';
import { waitSettings } from './wait-settings.js';

const port = z.coerce.number().int().min(0).max(65_535);
const list = text.transform(value => value.split(',').map(entry => entry.trim()));
const postgresUrl = z.url({ protocol: /^postgres(ql)?(\+\w+)?$/ }).transform(value => value.replace(/^postgres(ql)?\+\w+:/, 'postgresql:'));

export const settingDefinitions = {
  role: define(
    ['PERDURA_ROLE'],
    z.enum(['all', 'services', 'api', 'worker', 'tools']).default('all'),
    'What this process does, where its command does not say: all of it, the embedded services, the API, a worker, or sandboxed tools alone.',
  ),
  host: define(['PERDURA_HOST'], text.default('127.0.0.1'), 'Address that the API listens on. Beyond loopback a password is required.'),
  port: define(['PERDURA_PORT', 'LETTA_SERVER_PORT'], port.default(8283), 'Port of the API.'),
  password: define(
    ['LETTA_SERVER_PASSWORD'],
    optionalText,
    'Admin key: Authorization: Bearer <key>, or X-BARE-PASSWORD: password <key>. Without one, only localhost and loopback addresses are answered.',
    true,
  ),
  corsOrigins: define(
    ['PERDURA_CORS_ORIGINS', 'ACCEPTABLE_ORIGINS'],
    list.default(['http://localhost:8283', 'http://localhost:3000', 'https://app.letta.com']),
    'Origins that browsers may ask from, separated by commas; * for all.',
  ),
  jsonLimit: define(['PERDURA_JSON_LIMIT'], text.regex(/^\d+(kb|mb)$/).default('20mb'), 'Largest JSON body.'),
  dataDir: define(
    ['PERDURA_DATA_DIR'],
    text.default('.perdura'),
    'Folder of the embedded services, process ids, locks, and of the key of secrets where PERDURA_ENCRYPTION_KEY is not set.',
  ),
  cacheDir: define(
    ['PERDURA_CACHE_DIR'],
    optionalText,
    'Folder of fetched binaries and model weights; the default is .cache/perdura in the home folder.',
  ),
  databaseUrl: define(
    ['DATABASE_URL', 'LETTA_PG_URI'],
    postgresUrl.nullable().default(null),
    'Postgres with pgvector in place of the embedded one.',
    true,
  ),
  preparedStatements: define(
    ['PERDURA_PREPARED_STATEMENTS'],
    flag.default(true),
    'Plan each SQL statement once a connection. Set false behind a transaction pooler that does not support prepared statements.',
  ),
  databasePoolSize: define(['DATABASE_POOL_SIZE'], positive.default(20), 'Connections to Postgres of one process.'),
  ...fileSettings,
  ...vectorSettings,
  ...uploadSettings,
  temporalAddress: define(['TEMPORAL_ADDRESS'], optionalText, 'host:port of a Temporal server in place of the embedded one.'),
  temporalNamespace: define(['TEMPORAL_NAMESPACE'], text.default('default'), 'Namespace on the Temporal server.'),
  temporalCli: define(['TEMPORAL_CLI'], optionalText, 'Path of the temporal binary for the embedded server.'),
  temporalPort: define(
    ['PERDURA_TEMPORAL_PORT'],
    port.default(7233),
    'Port of the embedded Temporal. A data folder keeps the one that it was first started on; 0 takes a free one, and so does a port that is taken.',
  ),
  postgresPort: define(
    ['PERDURA_POSTGRES_PORT'],
    port.default(55_432),
    'Port of the embedded Postgres. A data folder keeps the one that it was first started on; 0 takes a free one, and so does a port that is taken.',
  ),
  temporalUiPort: define(['PERDURA_TEMPORAL_UI_PORT'], port.default(8233), "Port of the embedded Temporal's web UI; 0 takes a free one."),
  temporalUiOrigins: define(
    ['PERDURA_TEMPORAL_UI_ORIGINS'],
    list.default([]),
    'Origins of other Temporal UIs, separated by commas, that may ask the codec endpoint. The embedded one may always.',
  ),
  encryptionKeys: define(
    ['PERDURA_ENCRYPTION_KEY'],
    text.nullable().default(null).transform(parseEncryptionKeys),
    'Key of 32 bytes, as base64 or hex, that encrypts what Temporal stores, and the secrets in the database. Several, separated by commas: the first encrypts, all decrypt. Without one secrets have a key in the data folder.',
    true,
  ),
  redisHost: define(['LETTA_REDIS_HOST'], optionalText, 'Host of Redis. Accepted for compatibility; this version does not need it.'),
  redisPort: define(['LETTA_REDIS_PORT'], port.default(6379), 'Port of Redis.'),
  openaiApiKey: define(['OPENAI_API_KEY'], optionalText, 'Key for OpenAI, or for the server at OPENAI_API_BASE.', true),
  openaiBaseUrl: define(
    ['OPENAI_API_BASE', 'OPENAI_BASE_URL'],
    url.nullable().default(null),
    'Root of an OpenAI-compatible API (Ollama, LM Studio, vLLM, a proxy).',
  ),
  openaiProtocol: define(
    ['PERDURA_OPENAI_PROTOCOL'],
    z.enum(['auto', 'by-model', 'chat', 'responses']).default('auto'),
    "auto: Responses for OpenAI's reasoning models at OpenAI itself, chat completions for all else. by-model: the same at every base URL, for proxies of OpenAI.",
  ),
  anthropicApiKey: define(['ANTHROPIC_API_KEY'], optionalText, 'Key for Anthropic.', true),
  anthropicBaseUrl: define(['ANTHROPIC_BASE_URL'], url.nullable().default(null), "Root of Anthropic's API."),
  anthropicPromptCaching: define(
    ['PERDURA_ANTHROPIC_PROMPT_CACHING'],
    flag.default(true),
    'Whether Anthropic is asked to keep the unchanging beginning of each prompt, which makes the next one cheaper and the first one a little dearer.',
  ),
  llmTimeoutMs: define(['PERDURA_LLM_TIMEOUT_MS'], milliseconds.default(600_000), 'How long one model call may take, in ms.'),
  llmIdleTimeoutMs: define(
    ['PERDURA_LLM_IDLE_TIMEOUT_MS'],
    milliseconds.default(300_000),
    'How long a provider may be silent within a model call, before its answer and in the middle of it, in ms.',
  ),
  compactionParts: define(
    ['PERDURA_COMPACTION_PARTS'],
    positive.default(32),
    'Calls of a model into which the messages of one compaction may be divided. What would take more loses the middles of long messages first.',
  ),
  llmAttempts: define(
    ['PERDURA_LLM_ATTEMPTS'],
    positive.default(5),
    'How often a model call is tried in all when the provider fails in a way that may pass.',
  ),
  llmRetryMs: define(
    ['PERDURA_LLM_RETRY_MS'],
    milliseconds.default(1000),
    'Pause before a model call is tried again, in ms, where the provider asks for none; it doubles with each try, up to 30 s.',
  ),
  llmRetryAfterLimitMs: define(
    ['PERDURA_LLM_RETRY_AFTER_LIMIT_MS'],
    milliseconds.default(300_000),
    'The longest pause that a provider may ask for, in ms. The run fails when it asks for more.',
  ),
  ...archiveSettings,
  ...messageSearchSettings,
  ...toolCallSettings,
  ...waitSettings,
  ...toolSettings,
  ...mcpSettings,
  heartbeatTimeoutMs: define(
    ['PERDURA_HEARTBEAT_TIMEOUT_MS'],
    z.coerce.number().int().min(3000).default(10_000),
    'After this silence an activity counts as lost with its worker, in ms.',
  ),
  reconcileIntervalMs: define(
    ['PERDURA_RECONCILE_INTERVAL_MS'],
    milliseconds.default(30_000),
    'How often runs that nobody holds are looked for, in ms.',
  ),
  stepIsolation: define(
    ['PERDURA_STEP_ISOLATION'],
    z.enum(['workflow', 'inline']).default('workflow'),
    'workflow: steps and tool calls are child workflows. inline: they run inside the workflow of their conversation, for throughput.',
  ),
  enforceBlockLimits: define(
    ['PERDURA_ENFORCE_BLOCK_LIMITS'],
    flag.default(true),
    'Refuse values of memory blocks that are longer than the limit of their block. V1 only shows the limit: false does so too.',
  ),
  maxSteps: define(['PERDURA_MAX_STEPS'], positive.default(50), 'Steps of a run when the request does not say.'),
  keepaliveMs: define(['PERDURA_KEEPALIVE_MS'], milliseconds.default(20_000), 'Silence after which a stream gets a ping, in ms.'),
  streamStallMs: define(
    ['PERDURA_STREAM_STALL_MS'],
    milliseconds.default(60_000),
    'A streaming client that reads nothing for so long is disconnected, in ms. It can resume from its last seq_id.',
  ),
  wsMaxMessageBytes: define(['PERDURA_WS_MAX_MESSAGE_BYTES'], positive.default(20_971_520), 'Largest message over a WebSocket, in bytes.'),
  wsMaxSubscriptions: define(['PERDURA_WS_MAX_SUBSCRIPTIONS'], positive.default(100), 'Runs that one WebSocket may follow at once.'),
  wsPingMs: define(
    ['PERDURA_WS_PING_MS'],
    milliseconds.default(20_000),
    'How often a WebSocket is asked whether it lives, in ms. One that has not answered by the next time is ended.',
  ),
  webhookSecret: define(
    ['PERDURA_WEBHOOK_SECRET'],
    optionalText,
    'Signs callbacks: x-perdura-signature: t=<seconds since 1970>,v1=<HMAC-SHA256 of "<t>.<body>" in hex>.',
    true,
  ),
  callbackTimeoutMs: define(
    ['PERDURA_CALLBACK_TIMEOUT_MS'],
    z.coerce.number().int().positive().max(30_000).default(5000),
    'How long the receiver of a callback may take to answer, in ms.',
  ),
  callbackAttempts: define(
    ['PERDURA_CALLBACK_ATTEMPTS'],
    positive.default(12),
    'How often a callback is tried in all, after pauses from 1 s to 1 h.',
  ),
  allowPrivateUrls: define(
    ['PERDURA_ALLOW_PRIVATE_URLS'],
    flag.default(false),
    'Let callbacks, REST tools, the tool fetch_webpage and the URLs of images lead to addresses of this machine and of private networks.',
  ),
  ...restSettings,
  exaApiKey: define(['EXA_API_KEY'], optionalText, 'Key for Exa, by which the tool web_search searches.', true),
  exaBaseUrl: define(['EXA_BASE_URL'], url.default('https://api.exa.ai'), "Root of Exa's API."),
  webTimeoutMs: define(
    ['PERDURA_WEB_TIMEOUT_MS'],
    milliseconds.default(20_000),
    'How long the tools web_search and fetch_webpage wait for an answer and its end, redirects included, in ms.',
  ),
  webMaxBytes: define(
    ['PERDURA_WEB_MAX_BYTES'],
    positive.default(2_000_000),
    'Largest page that the tool fetch_webpage reads, in bytes after decompression.',
  ),
  webMaxRedirects: define(
    ['PERDURA_WEB_MAX_REDIRECTS'],
    z.coerce.number().int().min(0).max(20).default(5),
    'How many redirects the tool fetch_webpage follows, and the URL of an image.',
  ),
  webContentTypes: define(
    ['PERDURA_WEB_CONTENT_TYPES'],
    list.default(['text/html', 'application/xhtml+xml', 'text/plain', 'text/markdown', 'application/json', 'text/xml', 'application/xml']),
    'Content types that the tool fetch_webpage reads, separated by commas. HTML becomes Markdown, the rest is returned as it is.',
  ),
  imageMaxBytes: define(['PERDURA_IMAGE_MAX_BYTES'], positive.default(5_242_880), 'Largest image of a message, in bytes.'),
  imageMaxUrls: define(
    ['PERDURA_IMAGE_MAX_URLS'],
    positive.default(20),
    'How many images of one request may be named by http or https URLs, which are fetched before it is accepted.',
  ),
  imageTimeoutMs: define(['PERDURA_IMAGE_TIMEOUT_MS'], milliseconds.default(10_000), 'How long an image may take to be fetched, in ms.'),
  pricesFile: define(
    ['PERDURA_PRICES_FILE'],
    optionalText,
    'JSON file with prices of models in USD per million tokens, before the known ones: {"openai/my-model": {"input": 1, "output": 2}}; also cached_input, cache_write, long_prompt; null takes a price away.',
  ),
  trace: define(
    ['PERDURA_TRACE'],
    flag.default(true),
    'Keep the request and the response of each model call, without headers and what looks like a secret, for GET /v1/steps/{id}/trace.',
  ),
  traceRetentionDays: define(
    ['PERDURA_TRACE_RETENTION_DAYS'],
    positive.default(14),
    'For how many days traces and generated texts are kept. Of traces agents and organisations may say otherwise: /v1/retention.',
  ),
  traceMaxLength: define(
    ['PERDURA_TRACE_MAX_LENGTH'],
    z.coerce.number().int().min(1000).default(200_000),
    'The longest request or response that is kept whole, in characters of JSON; in longer ones long texts are cut.',
  ),
  cancelWaitMs: define(
    ['PERDURA_CANCEL_WAIT_MS'],
    milliseconds.default(3000),
    'How long the answer to a cancel waits for the end of the runs that were running, in ms. They end all the same when it is over.',
  ),
  activitySlots: define(['PERDURA_ACTIVITY_SLOTS'], positive.default(200), 'Activities that one worker runs at once.'),
  shutdownGraceMs: define(
    ['PERDURA_SHUTDOWN_GRACE_MS'],
    milliseconds.default(10_000),
    'How long open requests and activities may go on after a shutdown was asked for, in ms.',
  ),
  logLevel: define(['PERDURA_LOG_LEVEL'], z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'), 'What is logged.'),
  checkResponses: define(
    ['PERDURA_CHECK_RESPONSES'],
    z
      .enum(['true', 'false'])
      .default('false')
      .transform(value => value === 'true'),
    'true checks every answer of the API against its contract, for development.',
  ),
} as const satisfies Readonly<Record<string, SettingDefinition>>;
