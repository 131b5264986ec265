import type { RestAuthBody, RestRequestBody, RestToolCreateBody, RestToolUpdateBody } from '../../../contract/rest-tools.contract.js';
import { RequestError } from '../../../domain/errors.js';
import { planRestTool, retryClassOf } from '../../../domain/rest/plan-rest-tool.js';
import type { RestTemplate, TemplateBody, TemplateParameter } from '../../../domain/rest/plan-rest-tool.js';
import type { RestAuth, RestPagination, Schema, ValueStyle } from '../../../domain/rest/rest-definition.js';
import type { SecretCipher } from '../../../domain/secrets/secret-cipher.js';
import type { RestToolDraft, RestToolRecord } from '../../../repositories/rest-tools.repository.js';

export interface RestToolChecks {
  /** What is wrong with a JSON schema, or null. */
  readonly schemaFault: (schema: Schema) => string | null;
  /** The same of a JMESPath expression. */
  readonly selectionFault: (expression: string) => Promise<string | null>;
}

/** Characters. */
export const usualReturnCharLimit = 50_000;

export function draftOf(body: RestToolCreateBody, cipher: Pick<SecretCipher, 'seal'>): RestToolDraft {
  const template = toTemplate(body.request);
  return {
    name: body.name,
    description: body.description,
    tags: body.tags ?? [],
    returnCharLimit: body.return_char_limit ?? usualReturnCharLimit,
    defaultRequiresApproval: body.default_requires_approval ?? null,
    enableParallelExecution: body.enable_parallel_execution ?? retryClassOf(template) === 'always',
    retryClass: body.retry_class ?? retryClassOf(template),
    timeoutMs: body.timeout_ms ?? null,
    ...planRestTool(template),
    sealedAuth: sealAuth(body.auth ?? null, cipher),
    document: null,
    operation: null,
  };
}

/** A tool after a change: what the change does not name stays. */
export function changedDraft(record: RestToolRecord, body: RestToolUpdateBody, cipher: Pick<SecretCipher, 'seal'>): RestToolDraft {
  const { tool, definition } = record;
  const plan = body.request === undefined ? null : planRestTool(toTemplate(body.request));
  const parameters = tool.jsonSchema['parameters'] as Schema;
  return {
    name: body.name ?? tool.name,
    description: body.description ?? tool.description ?? '',
    tags: body.tags ?? tool.tags,
    returnCharLimit: body.return_char_limit ?? tool.returnCharLimit,
    defaultRequiresApproval: body.default_requires_approval === undefined ? tool.defaultRequiresApproval : body.default_requires_approval,
    enableParallelExecution: body.enable_parallel_execution ?? tool.enableParallelExecution,
    retryClass:
      body.retry_class ??
      (plan === null && body.retry_class === undefined ? record.retryClass : retryClassOf(plan?.definition ?? definition)),
    timeoutMs: body.timeout_ms === undefined ? record.timeoutMs : body.timeout_ms,
    ...(plan ?? { definition, parameters }),
    sealedAuth: body.auth === undefined ? record.sealedAuth : sealAuth(body.auth, cipher),
    document: record.document,
    operation: record.operation,
  };
}

/** Throws a RequestError for what only libraries can tell. */
export async function checkDraft(
  { parameters, definition }: Pick<RestToolDraft, 'parameters' | 'definition'>,
  checks: RestToolChecks,
): Promise<void> {
  const fault = checks.schemaFault(parameters);
  if (fault !== null) throw new RequestError('unprocessable', `The schemas of the arguments cannot be used: ${fault}`);
  const { select } = definition.response;
  const wrong = select === null ? null : await checks.selectionFault(select);
  if (wrong !== null) throw new RequestError('unprocessable', `'${select}' is no JMESPath expression that can be used: ${wrong}`);
}

export function sealAuth(body: RestAuthBody | null, cipher: Pick<SecretCipher, 'seal'>): string | null {
  return body === null ? null : cipher.seal(JSON.stringify(toAuth(body)));
}

function toAuth(body: RestAuthBody): RestAuth {
  switch (body.type) {
    case 'bearer':
    case 'basic':
      return body;
    case 'api_key':
      return { type: body.type, place: body.in, name: body.name, value: body.value };
    case 'oauth2_client_credentials':
      return {
        type: body.type,
        tokenUrl: body.token_url,
        clientId: body.client_id,
        clientSecret: body.client_secret,
        scope: body.scope ?? null,
        audience: body.audience ?? null,
        clientAuth: body.client_auth,
      };
  }
}

function toTemplate(request: RestRequestBody): RestTemplate {
  const { method, url, headers, query, response } = request;
  return {
    method,
    url,
    headers,
    query,
    parameters: request.parameters.map(toParameter),
    body: request.body == null ? null : toBody(request.body),
    response: { format: response.format, select: response.select ?? null },
    pagination: request.pagination == null ? null : toPagination(request.pagination),
    idempotencyHeader: request.idempotency_header ?? null,
  };
}

function toParameter(parameter: RestRequestBody['parameters'][number]): TemplateParameter {
  const { name, in: place, argument, description, required, schema } = parameter;
  return {
    name,
    place,
    argument: argument ?? null,
    description: description ?? null,
    required: required ?? place === 'path',
    schema,
    ...toStyle(parameter),
  };
}

function toBody({ content_type, required, description, schema, encoding }: NonNullable<RestRequestBody['body']>): TemplateBody {
  return {
    contentType: content_type,
    required,
    description: description ?? null,
    schema,
    encoding: Object.fromEntries(Object.entries(encoding).map(([name, style]) => [name, toStyle(style)])),
  };
}

interface StyleBody {
  readonly style?: ValueStyle['style'] | undefined;
  readonly explode?: boolean | undefined;
  readonly allow_reserved?: boolean | undefined;
  readonly as_json?: boolean | undefined;
}

function toStyle({ style, explode, allow_reserved: allowReserved, as_json: asJson }: StyleBody): Partial<ValueStyle> {
  return {
    ...(style === undefined ? {} : { style }),
    ...(explode === undefined ? {} : { explode }),
    ...(allowReserved === undefined ? {} : { allowReserved }),
    ...(asJson === undefined ? {} : { asJson }),
  };
}

function toPagination(body: NonNullable<RestRequestBody['pagination']>): RestPagination {
  const paged = { items: body.items, maxPages: body.max_pages };
  switch (body.kind) {
    case 'link_header':
      return { kind: body.kind, ...paged };
    case 'next_url':
      return { kind: body.kind, nextUrl: body.next_url, ...paged };
    case 'cursor':
      return { kind: body.kind, parameter: body.parameter, cursor: body.cursor, ...paged };
    case 'page':
      return { kind: body.kind, parameter: body.parameter, first: body.first, ...paged };
    case 'offset':
      return { kind: body.kind, parameter: body.parameter, ...paged };
  }
}
