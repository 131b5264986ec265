import { randomUUID } from 'node:crypto';
import { createTool, deleteTool, generateJsonSchema, modifyTool, upsertTool } from '../../../contract/tool-writes.contract.js';
import { notFound, RequestError } from '../../../domain/errors.js';
import { SchemaFailure } from '../../../domain/tools/schema-generator.js';
import type { SchemaGenerator } from '../../../domain/tools/schema-generator.js';
import type { ToolWritesRepository } from '../../../repositories/tool-writes.repository.js';
import type { ToolsRepository } from '../../../repositories/tools.repository.js';
import { handleRoute } from '../../mount-route.js';
import type { MountedRoute, RequestContext } from '../../mount-route.js';
import { presentTool } from '../../presenters/tool.js';
import { changesOf, draftOf, languageOf, traitChangesOf } from './to-tool-draft.js';

export interface ToolWriteRoutesDeps {
  readonly tools: Pick<ToolsRepository, 'find' | 'resolve'>;
  readonly toolWrites: ToolWritesRepository;
  readonly schemas: SchemaGenerator;
}

/** Tools of a source, as users post them. */
export function toolWriteRoutes({ tools, toolWrites, schemas }: ToolWriteRoutesDeps): MountedRoute[] {
  const show = async (id: string, { organizationId }: RequestContext) => {
    const tool = await tools.find(organizationId, id);
    if (tool === null) throw notFound('Tool', id);
    return presentTool(tool);
  };
  const upsert = (route: typeof createTool) =>
    handleRoute(route, async ({ body }, context) => {
      const draft = await draftOf(body, schemas);
      const id = await toolWrites.upsert(context, `tool-${randomUUID()}`, draft);
      if (id === null) throw new RequestError('invalid', `The name '${draft.name}' is that of a tool that is none of a source`);
      return show(id, context);
    });
  return [
    upsert(createTool),
    upsert(upsertTool),
    handleRoute(modifyTool, async ({ params, body }, context) => {
      const { organizationId } = context;
      const tool = await tools.find(organizationId, params.tool_id);
      if (tool === null) throw notFound('Tool', params.tool_id);
      const isOfSource = tool.toolType === 'custom' && tool.sourceType !== 'json';
      const changes = isOfSource ? await changesOf(tool, body, schemas) : traitChangesOf(tool, body);
      const { name } = changes;
      if (typeof name === 'string' && name !== tool.name && (await tools.resolve(organizationId, [], [name])).length > 0)
        throw new RequestError('invalid', `Tool with name '${name}' already exists in your organization`);
      if (!(await toolWrites.update(context, params.tool_id, changes))) throw notFound('Tool', params.tool_id);
      return show(params.tool_id, context);
    }),
    handleRoute(deleteTool, async ({ params }, { organizationId }) => {
      if (!(await toolWrites.delete(organizationId, params.tool_id))) throw notFound('Tool', params.tool_id);
      return null;
    }),
    handleRoute(generateJsonSchema, async ({ body }) => {
      try {
        return await schemas.generate({ language: languageOf(body.source_type ?? 'python'), code: body.code, argsSchema: null });
      } catch (error) {
        if (error instanceof SchemaFailure) throw new RequestError('invalid', error.message);
        throw error;
      }
    }),
  ];
}
