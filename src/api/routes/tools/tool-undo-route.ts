import { setToolUndo } from '../../../contract/tools.contract.js';
import { notFound, RequestError } from '../../../domain/errors.js';
import type { ToolsRepository } from '../../../repositories/tools.repository.js';
import { handleRoute } from '../../mount-route.js';
import type { MountedRoute } from '../../mount-route.js';
import { presentTool } from '../../presenters/tool.js';

export interface ToolUndoRouteDeps {
  readonly tools: Pick<ToolsRepository, 'find' | 'setUndo' | 'count'>;
}

/** How what a tool did is undone. */
export function toolUndoRoute({ tools }: ToolUndoRouteDeps): MountedRoute {
  return handleRoute(setToolUndo, async ({ params, body }, { organizationId }) => {
    const tool = await tools.find(organizationId, params.tool_id);
    if (tool === null) throw notFound('Tool', params.tool_id);
    const { undo } = body;
    if (undo !== null && undo.tool_name === tool.name) throw new RequestError('unprocessable', 'A tool cannot undo itself');
    if (undo !== null && (await tools.count({ organizationId, names: [undo.tool_name] })) === 0) {
      throw new RequestError('unprocessable', `There is no tool with the name ${undo.tool_name}`);
    }
    await tools.setUndo(tool.id, undo === null ? null : { toolName: undo.tool_name, arguments: undo.arguments, onCancel: undo.on_cancel });
    const changed = await tools.find(organizationId, tool.id);
    if (changed === null) throw notFound('Tool', tool.id);
    return presentTool(changed);
  });
}
