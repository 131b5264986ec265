import { RequestError } from '../../errors.js';
import { planRestTool, retryClassOf } from '../plan-rest-tool.js';
import type { RestToolPlan } from '../plan-rest-tool.js';
import type { RetryClass } from '../../tools/builtin-tool.js';
import { isRecord } from '../serialize-value.js';
import { OpenApiFault, resolved } from './inline-schema.js';
import type { OpenApiDocument } from './inline-schema.js';
import { bodyOf, parametersOf, serverOf } from './operation-parts.js';

const methods = ['get', 'head', 'options', 'post', 'put', 'patch', 'delete'] as const;

export interface OperationChoice {
  readonly operationIds: readonly string[];
  readonly tags: readonly string[];
  /** As the document has them; a star at the end stands for whatever follows. */
  readonly paths: readonly string[];
}

export interface OpenApiOptions {
  /** Null = all. */
  readonly include: OperationChoice | null;
  readonly exclude: OperationChoice | null;
  readonly namePrefix: string;
  /** In the place of the servers that the document names. */
  readonly baseUrl: string | null;
}

export interface PlannedOperation extends RestToolPlan {
  /** Method and path: by this an operation is known when its document comes again. */
  readonly operation: string;
  readonly name: string;
  readonly description: string;
  readonly retryClass: RetryClass;
}

export interface OpenApiPlan {
  readonly planned: readonly PlannedOperation[];
  readonly skipped: readonly { readonly operation: string; readonly reason: string }[];
}

interface Operation {
  readonly key: string;
  readonly method: (typeof methods)[number];
  readonly path: string;
  readonly item: Readonly<Record<string, unknown>>;
  readonly own: Readonly<Record<string, unknown>>;
}

const longestName = 48;
const longestDescription = 2000;

/** The tools that the operations of a document become; what cannot be called is told with its reason. */
export function planOpenApi(document: OpenApiDocument, options: OpenApiOptions): OpenApiPlan {
  const planned: PlannedOperation[] = [];
  const skipped: { operation: string; reason: string }[] = [];
  const names = new Set<string>();
  for (const operation of operationsOf(document).filter(candidate => isWanted(candidate, options))) {
    try {
      const name = nameOf(operation, options.namePrefix, names);
      planned.push(planOperation(document, operation, name, options.baseUrl));
      names.add(name);
    } catch (error) {
      if (!(error instanceof OpenApiFault) && !(error instanceof RequestError)) throw error;
      skipped.push({ operation: operation.key, reason: error.message });
    }
  }
  return { planned, skipped };
}

function operationsOf(document: OpenApiDocument): Operation[] {
  const paths = isRecord(document['paths']) ? document['paths'] : {};
  return Object.entries(paths).flatMap(([path, value]) => {
    const item = resolved(document, value);
    return methods.flatMap(method => {
      const own = item[method];
      return isRecord(own) ? [{ key: `${method.toUpperCase()} ${path}`, method, path, item, own }] : [];
    });
  });
}

function isWanted(operation: Operation, { include, exclude }: OpenApiOptions): boolean {
  return (include === null || matches(operation, include)) && (exclude === null || !matches(operation, exclude));
}

function matches({ path, own }: Operation, { operationIds, tags, paths }: OperationChoice): boolean {
  const ownTags: readonly unknown[] = Array.isArray(own['tags']) ? own['tags'] : [];
  return (
    operationIds.some(id => id === own['operationId']) ||
    tags.some(tag => ownTags.includes(tag)) ||
    paths.some(wanted => (wanted.endsWith('*') ? path.startsWith(wanted.slice(0, -1)) : path === wanted))
  );
}

function planOperation(document: OpenApiDocument, operation: Operation, name: string, baseUrl: string | null): PlannedOperation {
  const { key, method, path, item, own } = operation;
  const template = {
    method: method.toUpperCase() as Uppercase<typeof method>,
    url: `${serverOf([own, item, document], baseUrl)}${path}`,
    headers: {},
    query: {},
    parameters: parametersOf(document, item, own),
    body: bodyOf(document, own['requestBody']),
    response: { format: 'auto', select: null },
    pagination: null,
    idempotencyHeader: null,
  } as const;
  const said = [own['summary'], own['description']].filter(text => typeof text === 'string' && text !== '');
  return {
    operation: key,
    name,
    description: said.length === 0 ? key : said.join('\n\n').slice(0, longestDescription),
    retryClass: retryClassOf(template),
    ...planRestTool(template),
  };
}

/** By the id that the document gives it, else by its method and path; a number tells it from others of the same name. */
function nameOf({ method, path, own }: Operation, prefix: string, taken: ReadonlySet<string>): string {
  const given = typeof own['operationId'] === 'string' ? own['operationId'] : `${method}${path}`;
  const plain = given.replaceAll(/[^a-zA-Z0-9_-]+/g, '_').replaceAll(/^_+|_+$/g, '');
  const name = `${prefix}${plain === '' ? method : plain}`.slice(0, longestName);
  if (!taken.has(name)) return name;
  for (let number = 2; ; number += 1) {
    const candidate = `${name.slice(0, longestName - 5)}_${number}`;
    if (!taken.has(candidate)) return candidate;
  }
}
