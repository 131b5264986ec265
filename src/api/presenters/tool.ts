import type { ToolUndo } from '../../domain/tools/tool-undo.js';
import type { ToolRecord } from '../../repositories/tool-record.js';

export function presentTool(tool: ToolRecord) {
  return {
    id: tool.id,
    tool_type: tool.toolType,
    name: tool.name,
    description: tool.description,
    source_type: tool.sourceType,
    source_code: tool.sourceCode,
    json_schema: tool.jsonSchema,
    args_json_schema: tool.argsJsonSchema,
    tags: tool.tags,
    return_char_limit: tool.returnCharLimit,
    pip_requirements: tool.pipRequirements,
    npm_requirements: tool.npmRequirements,
    default_requires_approval: tool.defaultRequiresApproval,
    enable_parallel_execution: tool.enableParallelExecution,
    created_by_id: tool.createdById,
    last_updated_by_id: tool.lastUpdatedById,
    metadata_: tool.metadata,
    project_id: tool.projectId,
    retry_class: tool.retryClass,
    timeout_ms: tool.timeoutMs,
    network: tool.network,
    undo: presentUndo(tool.undo),
  };
}

function presentUndo(undo: ToolUndo | null) {
  return undo === null ? null : { tool_name: undo.toolName, arguments: undo.arguments, on_cancel: undo.onCancel };
}
