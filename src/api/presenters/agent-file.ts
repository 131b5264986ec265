import { clipView } from '../../domain/files/file-view.js';
import type { AgentFileRow } from '../../repositories/agent-record.js';
import type { AgentFileRecord } from '../../repositories/agent-files.repository.js';
import { instantOrNull } from './wire-fields.js';

/** V1's AgentFileAttachment. */
export function presentAgentFile(file: AgentFileRecord) {
  return {
    id: file.id,
    file_id: file.fileId,
    file_name: file.fileName,
    folder_id: file.folderId,
    folder_name: file.folderName,
    is_open: file.isOpen,
    last_accessed_at: instantOrNull(file.lastAccessedAt),
    visible_content: file.view,
    start_line: file.start,
    end_line: file.end,
  };
}

/** V1's FileBlock. */
export function presentFileBlock(file: AgentFileRow, viewCharacters: number) {
  return {
    id: file.id.replace(/^file_agent-/, 'block-'),
    file_id: file.fileId,
    source_id: file.folderId,
    label: file.fileName,
    value: file.isOpen ? clipView(file.view ?? '', viewCharacters) : '',
    limit: viewCharacters,
    is_open: file.isOpen,
    last_accessed_at: instantOrNull(file.lastAccessedAt),
    read_only: true,
    description: null,
    metadata: {},
    hidden: null,
    tags: [],
    is_template: false,
    template_name: null,
    template_id: null,
    base_template_id: null,
    deployment_id: null,
    entity_id: null,
    project_id: null,
    preserve_on_migration: false,
    created_by_id: null,
    last_updated_by_id: null,
  };
}
