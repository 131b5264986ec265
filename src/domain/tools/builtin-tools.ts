import { defineBuiltin, isBuiltinToolName } from './builtin-tool.js';
import type { BuiltinTool, BuiltinToolName } from './builtin-tool.js';
import { runCode } from './code-tools.js';
import { grepFiles, openFiles, semanticSearchFiles } from './file-tools.js';
import {
  coreMemoryAppend,
  coreMemoryReplace,
  memory,
  memoryApplyPatch,
  memoryFinishEdits,
  memoryInsert,
  memoryReplace,
  memoryRethink,
} from './memory-tools.js';
import { sleepUntil, waitForEvent } from './wait-tools.js';
import { fetchWebpage, webSearch } from './web-tools.js';

const sendMessage = defineBuiltin('letta_core', {
  name: 'send_message',
  description: 'Say something to the user. This is the only way to be heard: text outside of this tool stays private.',
  properties: { message: { type: 'string', description: 'What to say, in full. Any language and all of Unicode, emojis included.' } },
});

const conversationSearch = defineBuiltin('letta_core', {
  name: 'conversation_search',
  isSearch: true,
  isExternal: true,
  description:
    'Search everything that was ever said in your conversations, including messages that are no longer in your context. ' +
    'Finds messages by meaning as well as by their words, and can be narrowed by speaker and by time. ' +
    'Without a query it lists the messages of the given time, newest first.\n\n' +
    'Examples:\n' +
    '    conversation_search(query="allergies of the user\'s daughter")\n' +
    '    conversation_search(query="deadline", roles=["user"], start_date="2025-03-01", end_date="2025-03-31")\n' +
    '    conversation_search(start_date="2025-03-07T18:00", end_date="2025-03-07T22:00", limit=10)',
  required: [],
  properties: {
    query: { type: 'string', description: 'What to look for, in words. Leave out to go by time and speaker alone.' },
    roles: {
      type: 'array',
      items: { type: 'string', enum: ['assistant', 'user', 'tool'] },
      description: 'Whose messages to search. All speakers when left out.',
    },
    limit: { type: 'integer', description: 'How many messages to return at most. 5 when left out.' },
    start_date: {
      type: 'string',
      description:
        'Only messages from this moment on, ISO 8601: a day ("2025-03-07") or a time ("2025-03-07T18:00"). A time without zone is in your time zone.',
    },
    end_date: { type: 'string', description: 'Only messages up to this moment, written in the same way. A day is included to its end.' },
  },
});

const archivalMemoryInsert = defineBuiltin('letta_core', {
  name: 'archival_memory_insert',
  isExternal: true,
  description:
    'Put a piece of knowledge into your archive: long-term memory without a size limit, outside of your context. ' +
    'Write each entry so that it can be understood on its own, years later: full names and dates instead of "he" or "yesterday", one subject an entry. ' +
    'Use it for facts, decisions, summaries of meetings or documents; what you need in every conversation belongs into a memory block instead.\n\n' +
    'Examples:\n' +
    '    archival_memory_insert(content="2025-03-07: Ada Berg decided to launch Project Heron in Oslo on 2 May 2025.", tags=["heron", "decision"])',
  required: ['content'],
  properties: {
    content: { type: 'string', description: 'The text to keep, self-contained.' },
    tags: {
      type: 'array',
      items: { type: 'string' },
      description: 'Categories that you can filter by later. Reuse the tags that exist already.',
    },
  },
});

const archivalMemorySearch = defineBuiltin('letta_core', {
  name: 'archival_memory_search',
  isSearch: true,
  isExternal: true,
  description:
    'Search your archive by meaning. Returns the entries that are closest to the query, best first, each with its id, time and tags. ' +
    'Describe what you want to know in a sentence or a few words; entries need not share words with the query.\n\n' +
    'Examples:\n' +
    '    archival_memory_search(query="launch plans for Project Heron")\n' +
    '    archival_memory_search(query="what was decided", tags=["heron", "decision"], tag_match_mode="all", top_k=10)\n' +
    '    archival_memory_search(query="meetings", start_datetime="2025-03-01", end_datetime="2025-03-31")',
  required: ['query'],
  properties: {
    query: { type: 'string', description: 'What to look for, in natural language.' },
    tags: { type: 'array', items: { type: 'string' }, description: 'Only entries with these tags.' },
    tag_match_mode: {
      type: 'string',
      enum: ['any', 'all'],
      description: '"any": an entry needs one of the tags. "all": it needs each of them. "any" when left out.',
    },
    top_k: { type: 'integer', description: 'How many entries to return at most. 5 when left out.' },
    start_datetime: {
      type: 'string',
      description:
        'Only entries from this moment on, ISO 8601: a day ("2025-03-07") or a time ("2025-03-07T18:00"). A time without zone is in your time zone.',
    },
    end_datetime: { type: 'string', description: 'Only entries up to this moment, written in the same way. A day is included to its end.' },
  },
});

/** The definitions of all built-in tools, as they are offered to models and stored for the API. */
export const builtinTools: Readonly<Record<BuiltinToolName, BuiltinTool>> = {
  send_message: sendMessage,
  conversation_search: conversationSearch,
  archival_memory_insert: archivalMemoryInsert,
  archival_memory_search: archivalMemorySearch,
  core_memory_append: coreMemoryAppend,
  core_memory_replace: coreMemoryReplace,
  memory_replace: memoryReplace,
  memory_insert: memoryInsert,
  memory_rethink: memoryRethink,
  memory_finish_edits: memoryFinishEdits,
  memory_apply_patch: memoryApplyPatch,
  memory,
  web_search: webSearch,
  fetch_webpage: fetchWebpage,
  sleep_until: sleepUntil,
  wait_for_event: waitForEvent,
  run_code: runCode,
  open_files: openFiles,
  grep_files: grepFiles,
  semantic_search_files: semanticSearchFiles,
};

/** The built-in tool of this name, or null. */
export function builtinTool(name: string): BuiltinTool | null {
  return isBuiltinToolName(name) ? builtinTools[name] : null;
}
