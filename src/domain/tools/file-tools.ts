import { defineBuiltin } from './builtin-tool.js';

/** These come with an agent's first folder, and go with its last. */
export const openFiles = defineBuiltin('letta_files_core', {
  name: 'open_files',
  isExternal: true,
  description:
    'Open one or several files of your folders, so that you see their lines in your context from now on. ' +
    'Only so many files can be open at once: those that you used longest ago are closed for others. Open the stretch that you need of a long file, not all of it.\n\n' +
    'Examples:\n' +
    '    open_files(file_requests=[{"file_name": "project/README.md"}])\n' +
    '    open_files(file_requests=[{"file_name": "project/src/main.py", "offset": 50, "length": 100}, {"file_name": "project/setup.py"}])\n' +
    '    open_files(file_requests=[{"file_name": "project/notes.txt"}], close_all_others=True)',
  required: ['file_requests'],
  properties: {
    file_requests: {
      type: 'array',
      description: 'The files to open.',
      items: {
        type: 'object',
        properties: {
          file_name: { type: 'string', description: 'Name of the file, as it stands in your directories.' },
          offset: { type: 'integer', description: 'How many lines to leave out at the beginning. None when left out.' },
          length: { type: 'integer', description: 'How many lines to show from there. All to the end when left out.' },
        },
        required: ['file_name'],
      },
    },
    close_all_others: { type: 'boolean', description: 'Whether all other files are closed. false when left out.' },
  },
});

export const grepFiles = defineBuiltin('letta_files_core', {
  name: 'grep_files',
  isSearch: true,
  isExternal: true,
  description:
    'Search all files of your folders for a pattern, line by line, whether they are open or not. Shows 20 matches at a time with the lines around them.\n\n' +
    'Examples:\n' +
    '    grep_files(pattern="TODO")\n' +
    '    grep_files(pattern="def \\\\w+_test", include="*.py", context_lines=3)\n' +
    '    grep_files(pattern="error", offset=20)',
  required: ['pattern'],
  properties: {
    pattern: { type: 'string', description: 'A regular expression. Capital letters or small ones make no difference.' },
    include: { type: 'string', description: 'Only files whose names fit this: with asterisks such as "*.py", or a regular expression.' },
    context_lines: { type: 'integer', description: 'How many lines to show before and after each match. 1 when left out.' },
    offset: { type: 'integer', description: 'How many matches to pass over: what an earlier search has shown. None when left out.' },
  },
});

export const semanticSearchFiles = defineBuiltin('letta_files_core', {
  name: 'semantic_search_files',
  isSearch: true,
  isExternal: true,
  description:
    'Search all files of your folders by meaning. Returns the passages that are closest to the query, best first, with the names of their files. ' +
    'They need not share words with the query.\n\n' +
    'Examples:\n' +
    '    semantic_search_files(query="how the database connection is set up")\n' +
    '    semantic_search_files(query="who is responsible for releases", limit=10)',
  required: ['query'],
  properties: {
    query: { type: 'string', description: 'What to look for, in natural language.' },
    limit: { type: 'integer', description: 'How many passages to return at most. 5 when left out, 50 at most.' },
  },
});
