import { closeAllFilesForAgent, closeFileForAgent, listFilesForAgent, openFileForAgent } from '../../../contract/agent-files.contract.js';
import { notFound } from '../../../domain/errors.js';
import { wholeFile } from '../../../domain/files/file-view.js';
import type { AgentFilesRepository } from '../../../repositories/agent-files.repository.js';
import type { AgentsRepository } from '../../../repositories/agents.repository.js';
import { handleRoute } from '../../mount-route.js';
import type { MountedRoute } from '../../mount-route.js';
import { presentAgentFile } from '../../presenters/agent-file.js';
import { largestPageOfLongRows, pageOf } from '../page.js';
import { requireAgent } from '../require-agent.js';

export interface AgentFileRoutesDeps {
  readonly agents: Pick<AgentsRepository, 'exists'>;
  readonly agentFiles: Pick<AgentFilesRepository, 'list' | 'change'>;
}

export function agentFileRoutes({ agents, agentFiles }: AgentFileRoutesDeps): MountedRoute[] {
  return [
    handleRoute(listFilesForAgent, async ({ params, query }, context) => {
      await requireAgent(agents, params.agent_id, context);
      const page = pageOf({ ...query, after: query.after ?? query.cursor });
      const limit = Math.min(page.limit, largestPageOfLongRows);
      // One more tells whether there are more.
      const found = await agentFiles.list(params.agent_id, query.is_open ?? null, { ...page, limit: limit + 1 });
      const files = found.slice(0, limit);
      const hasMore = found.length > limit;
      return { files: files.map(presentAgentFile), next_cursor: hasMore ? (files.at(-1)?.id ?? null) : null, has_more: hasMore };
    }),
    handleRoute(openFileForAgent, async ({ params }, context) => {
      await requireAgent(agents, params.agent_id, context);
      const { evicted } = await agentFiles.change(params.agent_id, ({ files }) => {
        requireFile(files, params.file_id);
        return { open: [{ fileId: params.file_id, range: wholeFile }], close: [] };
      });
      return evicted;
    }),
    handleRoute(closeFileForAgent, async ({ params }, context) => {
      await requireAgent(agents, params.agent_id, context);
      await agentFiles.change(params.agent_id, ({ files }) => {
        requireFile(files, params.file_id);
        return { open: [], close: [params.file_id] };
      });
      return { message: `File id=${params.file_id} successfully closed` };
    }),
    handleRoute(closeAllFilesForAgent, async ({ params }, context) => {
      await requireAgent(agents, params.agent_id, context);
      const { decision } = await agentFiles.change(params.agent_id, ({ files }) => {
        const open = files.filter(file => file.isOpen);
        return { open: [], close: open.map(file => file.fileId), names: open.map(file => file.fileName) };
      });
      return decision.names;
    }),
  ];
}

function requireFile(files: readonly { readonly fileId: string }[], id: string): void {
  if (!files.some(file => file.fileId === id)) throw notFound('File', id);
}
