import { placeholdersOf } from '../../domain/secrets/fill-placeholders.js';
import type { BodyMember, RestAuth, RestDefinition, RestPagination, RestParameter, ValueStyle } from '../../domain/rest/rest-definition.js';
import type { RestToolRecord } from '../../repositories/rest-tools.repository.js';
import { presentTool } from './tool.js';

/** A tool with the request that it sends; `auth` is what was sealed. */
export function presentRestTool({ tool, definition, retryClass, timeoutMs }: RestToolRecord, auth: RestAuth | null) {
  return {
    ...presentTool(tool),
    rest: {
      request: presentRequest(definition),
      auth: auth === null ? null : presentAuth(auth),
      retry_class: retryClass,
      timeout_ms: timeoutMs,
    },
  };
}

/** In the form in which it can be sent again. */
export function presentRequest(definition: RestDefinition) {
  const { method, url, headers, query, parameters, body, response, pagination, idempotencyHeader } = definition;
  return {
    method,
    url,
    headers,
    query,
    parameters: parameters.map(presentParameter),
    body:
      body === null
        ? null
        : {
            content_type: body.contentType,
            required: body.required,
            description: body.description,
            schema: body.schema,
            encoding: Object.fromEntries((body.members ?? []).map((member: BodyMember) => [member.name, presentStyle(member)])),
          },
    response,
    pagination: pagination === null ? null : presentPagination(pagination),
    idempotency_header: idempotencyHeader,
  };
}

function presentParameter(parameter: RestParameter) {
  const { name, place, argument, description, required, schema } = parameter;
  return { name, in: place, argument, description, required, schema, ...presentStyle(parameter) };
}

function presentStyle({ style, explode, allowReserved, asJson }: ValueStyle) {
  return { style, explode, allow_reserved: allowReserved, as_json: asJson };
}

function presentPagination({ items, maxPages, ...rest }: RestPagination) {
  const paged = { items, max_pages: maxPages };
  return rest.kind === 'next_url' ? { kind: rest.kind, next_url: rest.nextUrl, ...paged } : { ...rest, ...paged };
}

/** Who calls, without what proves it: of that only the names of secrets are shown. */
function presentAuth(auth: RestAuth) {
  switch (auth.type) {
    case 'bearer':
      return { type: auth.type, token: nameOnly(auth.token) };
    case 'basic':
      return { type: auth.type, username: auth.username, password: nameOnly(auth.password) };
    case 'api_key':
      return { type: auth.type, in: auth.place, name: auth.name, value: nameOnly(auth.value) };
    case 'oauth2_client_credentials':
      return {
        type: auth.type,
        token_url: auth.tokenUrl,
        client_id: auth.clientId,
        client_secret: nameOnly(auth.clientSecret),
        scope: auth.scope,
        audience: auth.audience,
        client_auth: auth.clientAuth,
      };
  }
}

function nameOnly(text: string): string | null {
  const isName = /^\s*\{\{[^{}|]*\}\}\s*$/.test(text) && placeholdersOf(text).length === 1;
  return isName ? text : null;
}
