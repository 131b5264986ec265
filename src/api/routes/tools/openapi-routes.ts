import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { syncOpenApiTools } from '../../../contract/openapi-tools.contract.js';
import type { OpenApiSyncBody } from '../../../contract/openapi-tools.contract.js';
import { RequestError } from '../../../domain/errors.js';
import { OpenApiFault } from '../../../domain/rest/openapi/inline-schema.js';
import type { OpenApiDocument } from '../../../domain/rest/openapi/inline-schema.js';
import { planOpenApi } from '../../../domain/rest/openapi/plan-openapi.js';
import type { OpenApiPlan, PlannedOperation } from '../../../domain/rest/openapi/plan-openapi.js';
import type { Schema } from '../../../domain/rest/rest-definition.js';
import type { SecretCipher } from '../../../domain/secrets/secret-cipher.js';
import type { DocumentChanges, NewRestTool, RestToolRecord, RestToolsRepository } from '../../../repositories/rest-tools.repository.js';
import { handleRoute } from '../../mount-route.js';
import type { MountedRoute } from '../../mount-route.js';
import { sealAuth, usualReturnCharLimit } from './to-rest-tool.js';
import type { RestToolChecks } from './to-rest-tool.js';

export interface OpenApiIntake {
  readonly read: (
    given: string | Schema,
  ) => Promise<{ readonly kind: 'document'; readonly document: OpenApiDocument } | { readonly kind: 'fault'; readonly reason: string }>;
  readonly maxOperations: number;
}

export interface OpenApiRoutesDeps {
  readonly restTools: RestToolsRepository;
  readonly secretCipher: SecretCipher;
  readonly restChecks: RestToolChecks;
  readonly openApi: OpenApiIntake;
}

/** Tools out of documents: the first time they are made, later on they follow their document. */
export function openApiRoutes(deps: OpenApiRoutesDeps): MountedRoute[] {
  const { restTools } = deps;
  return [
    handleRoute(syncOpenApiTools, async ({ body }, context) => {
      const plan = await planOf(deps, body);
      const before = await restTools.ofDocument(context.organizationId, body.name);
      const { changes, unchanged } = compare(plan, before, body, sealAuth(body.auth ?? null, deps.secretCipher));
      const taken = await restTools.takenNames(
        context.organizationId,
        changes.added.map(({ name }) => name),
      );
      const freed = before.filter(({ tool }) => changes.deleted.includes(tool.id)).map(({ tool }) => tool.name);
      const inUse = taken.filter(name => !freed.includes(name));
      if (inUse.length > 0)
        throw new RequestError('conflict', `There are tools already with the names ${inUse.join(', ')}: name_prefix or exclude helps`);
      if (!body.dry_run) await restTools.sync(context, changes);
      const present = (tool: NewRestTool) => describe(tool, body.dry_run && changes.added.includes(tool));
      return {
        name: body.name,
        dry_run: body.dry_run,
        added: changes.added.map(present),
        updated: changes.updated.map(present),
        unchanged,
        deleted: freed,
        skipped: plan.skipped,
      };
    }),
  ];
}

async function planOf({ openApi, restChecks }: OpenApiRoutesDeps, body: OpenApiSyncBody): Promise<OpenApiPlan> {
  const read = await openApi.read(body.document);
  if (read.kind === 'fault') throw new RequestError('unprocessable', `The document cannot be used: ${read.reason}`);
  const plan = planned(read.document, body);
  if (plan.planned.length > openApi.maxOperations)
    throw new RequestError(
      'unprocessable',
      `The document has ${plan.planned.length} operations, and ${openApi.maxOperations} can be tools: include says which`,
    );
  const faults = plan.planned.map(operation => ({ operation: operation.operation, reason: restChecks.schemaFault(operation.parameters) }));
  const unusable = faults.flatMap(({ operation, reason }) =>
    reason === null ? [] : [{ operation, reason: `its schemas cannot be used: ${reason}` }],
  );
  return {
    planned: plan.planned.filter(({ operation }) => !unusable.some(fault => fault.operation === operation)),
    skipped: [...plan.skipped, ...unusable],
  };
}

function planned(
  document: OpenApiDocument,
  { include, exclude, name_prefix: namePrefix, base_url: baseUrl }: OpenApiSyncBody,
): OpenApiPlan {
  const toChoice = (choice: NonNullable<OpenApiSyncBody['include']>) => ({
    operationIds: choice.operation_ids,
    tags: choice.tags,
    paths: choice.paths,
  });
  try {
    return planOpenApi(document, {
      include: include == null ? null : toChoice(include),
      exclude: exclude == null ? null : toChoice(exclude),
      namePrefix,
      baseUrl: baseUrl ?? null,
    });
  } catch (error) {
    if (error instanceof OpenApiFault) throw new RequestError('unprocessable', `The document cannot be used: ${error.message}`);
    throw error;
  }
}

interface Compared {
  readonly changes: DocumentChanges;
  readonly unchanged: readonly string[];
}

/** By method and path. What somebody has set on a tool that stays is kept: its name, its traits, how its responses are read. */
function compare(
  { planned: wanted }: OpenApiPlan,
  before: readonly RestToolRecord[],
  body: OpenApiSyncBody,
  sealedAuth: string | null,
): Compared {
  const known = (operation: PlannedOperation) => before.find(record => record.operation === operation.operation);
  const added = wanted.filter(operation => known(operation) === undefined).map(operation => newTool(operation, body, sealedAuth));
  const kept = wanted.flatMap(operation => {
    const record = known(operation);
    return record === undefined
      ? []
      : [{ record, tool: newerTool(record, operation, body.auth === undefined ? record.sealedAuth : sealedAuth) }];
  });
  const isChanged = ({ record, tool }: (typeof kept)[number]): boolean =>
    body.auth !== undefined ||
    record.tool.description !== tool.description ||
    !isDeepStrictEqual(record.definition, tool.definition) ||
    !isDeepStrictEqual(record.tool.jsonSchema['parameters'], tool.parameters);
  const deleted = before.filter(record => !wanted.some(operation => operation.operation === record.operation)).map(({ tool }) => tool.id);
  return {
    changes: { added, updated: kept.filter(isChanged).map(({ tool }) => tool), deleted },
    unchanged: kept.filter(pair => !isChanged(pair)).map(({ tool }) => tool.name),
  };
}

function newTool(operation: PlannedOperation, body: OpenApiSyncBody, sealedAuth: string | null): NewRestTool {
  return {
    ...operation,
    id: `tool-${randomUUID()}`,
    tags: body.tags,
    returnCharLimit: usualReturnCharLimit,
    defaultRequiresApproval: null,
    enableParallelExecution: operation.retryClass === 'always',
    timeoutMs: null,
    sealedAuth,
    document: body.name,
  };
}

function newerTool(record: RestToolRecord, operation: PlannedOperation, sealedAuth: string | null): NewRestTool {
  const { tool, definition } = record;
  const { response, pagination, idempotencyHeader, headers, query } = definition;
  return {
    ...operation,
    id: tool.id,
    name: tool.name,
    definition: { ...operation.definition, response, pagination, idempotencyHeader, headers, query },
    tags: tool.tags,
    returnCharLimit: tool.returnCharLimit,
    defaultRequiresApproval: tool.defaultRequiresApproval,
    enableParallelExecution: tool.enableParallelExecution,
    retryClass: record.retryClass,
    timeoutMs: record.timeoutMs,
    sealedAuth,
    document: record.document,
  };
}

function describe({ id, operation, name, description, retryClass, parameters }: NewRestTool, isMissing: boolean) {
  return { operation: operation ?? '', name, tool_id: isMissing ? null : id, description, retry_class: retryClass, parameters };
}
