import { randomUUID } from 'node:crypto';
import {
  attachArchive,
  createArchive,
  createPassageInArchive,
  createPassagesInArchive,
  deleteArchive,
  deletePassageFromArchive,
  detachArchive,
  listAgentsForArchive,
  listArchives,
  modifyArchive,
  retrieveArchive,
} from '../../../contract/archives.contract.js';
import { notFound } from '../../../domain/errors.js';
import type { ArchiveRecord } from '../../../repositories/archives.repository.js';
import { answered, handleRoute } from '../../mount-route.js';
import type { MountedRoute, RequestContext } from '../../mount-route.js';
import { presentAgent } from '../../presenters/agent-state.js';
import { presentArchive } from '../../presenters/archive.js';
import { presentPassage } from '../../presenters/passage.js';
import { requestedEmbedding } from '../agents/agent-model.js';
import { partsOf } from '../agents/agent-parts.js';
import { pageOf } from '../page.js';
import { requireAgent } from '../require-agent.js';
import type { ArchivalRoutesDeps } from './archival-routes.js';
import { purgeIfLarge } from '../jobs/purge-if-large.js';
import { reembedArchives } from './reembed-archives.js';
import { checkPassages, storePassages } from './store-passages.js';

export function archiveRoutes(deps: ArchivalRoutesDeps): MountedRoute[] {
  return [...archiveOperations(deps), ...passageOperations(deps), ...attachments(deps)];
}

function archiveOperations(deps: ArchivalRoutesDeps): MountedRoute[] {
  const { archives, agents, embeddingChoice } = deps;
  return [
    handleRoute(listArchives, async ({ query }, context) => {
      const filter = { organizationId: context.organizationId, name: query.name, agentId: query.agent_id };
      return (await archives.list(filter, pageOf(query))).map(presentArchive);
    }),
    handleRoute(createArchive, async ({ body }, context) => {
      const requested = await requestedEmbedding(embeddingChoice, body, context.signal);
      const archive = await archives.create({
        id: `archive-${randomUUID()}`,
        organizationId: context.organizationId,
        userId: context.userId,
        name: body.name,
        description: body.description ?? null,
        embeddingConfig: await embeddingChoice.choose({ requested }, context.signal),
      });
      return presentArchive(archive);
    }),
    handleRoute(retrieveArchive, async ({ params }, context) => presentArchive(await find(archives, params.archive_id, context))),
    handleRoute(modifyArchive, async ({ params, body }, context) => {
      const embedding = await requestedEmbedding(embeddingChoice, body, context.signal);
      const archive = await archives.update(context.organizationId, context.userId, params.archive_id, body);
      if (archive === null) throw notFound('Archive', params.archive_id);
      if (embedding === null) return presentArchive(archive);
      await reembedArchives(deps, [archive.id], embedding, context);
      return presentArchive(await find(archives, archive.id, context));
    }),
    handleRoute(deleteArchive, async ({ params }, context) => {
      if (await purgeIfLarge(deps, params.archive_id, context)) return null;
      if (!(await archives.delete(context.organizationId, params.archive_id))) throw notFound('Archive', params.archive_id);
      return noContent(context);
    }),
    handleRoute(listAgentsForArchive, async ({ params, query }, context) => {
      const { id: archiveId } = await find(archives, params.archive_id, context);
      const filter = { organizationId: context.organizationId, archiveId };
      return (await agents.list(filter, 'created_at', pageOf(query), partsOf(query))).map(presentAgent);
    }),
  ];
}

function passageOperations(deps: ArchivalRoutesDeps): MountedRoute[] {
  const { archives, passages, archivalTokenLimit } = deps;
  return [
    handleRoute(createPassageInArchive, async ({ params, body }, context) => {
      const checked = checkPassages([body], archivalTokenLimit);
      const [passage] = await storePassages(deps, await find(archives, params.archive_id, context), checked, context);
      if (passage === undefined) throw notFound('Archive', params.archive_id);
      return presentPassage(passage);
    }),
    handleRoute(createPassagesInArchive, async ({ params, body }, context) => {
      const checked = checkPassages(body.passages, archivalTokenLimit);
      return (await storePassages(deps, await find(archives, params.archive_id, context), checked, context)).map(presentPassage);
    }),
    handleRoute(deletePassageFromArchive, async ({ params }, context) => {
      const { id } = await find(archives, params.archive_id, context);
      if (!(await passages.delete([id], params.passage_id))) throw notFound('Passage', params.passage_id);
      return noContent(context);
    }),
  ];
}

function attachments({ agents, archives }: ArchivalRoutesDeps): MountedRoute[] {
  return [
    handleRoute(attachArchive, async ({ params }, context) => {
      await requireAgent(agents, params.agent_id, context);
      const { id } = await find(archives, params.archive_id, context);
      await archives.attach(params.agent_id, id);
      return null;
    }),
    handleRoute(detachArchive, async ({ params }, context) => {
      await requireAgent(agents, params.agent_id, context);
      const { id } = await find(archives, params.archive_id, context);
      await archives.detach(params.agent_id, id);
      return null;
    }),
  ];
}

async function find(archives: ArchivalRoutesDeps['archives'], id: string, context: RequestContext): Promise<ArchiveRecord> {
  const archive = await archives.find(context.organizationId, id);
  if (archive === null) throw notFound('Archive', id);
  return archive;
}

function noContent({ response }: RequestContext): typeof answered {
  response.status(204).end();
  return answered;
}
