import { defineBuiltin } from './builtin-tool.js';

const domains = (what: string) => ({ type: 'array', items: { type: 'string' }, description: what });

/** Only agents that ask for these tools get them: they send what the model writes to other servers. */
export const webSearch = defineBuiltin('letta_builtin', {
  name: 'web_search',
  isSearch: true,
  isExternal: true,
  description:
    'Search the web. Returns a JSON object with the results, best first: title, URL, date of publication, author, passages that fit, and a summary. ' +
    'Write the query as you would describe the page that you hope to find.\n\n' +
    'Examples:\n' +
    '    web_search(query="release notes of PostgreSQL 18")\n' +
    '    web_search(query="surveys of long-term memory in language agents", category="research paper", num_results=5)\n' +
    '    web_search(query="energy prices", include_domains=["reuters.com"], start_published_date="2025-03-01")',
  required: ['query'],
  properties: {
    query: { type: 'string', description: 'What to look for, in words.' },
    num_results: { type: 'integer', description: 'How many results to return, from 1 to 100. 10 when left out.' },
    category: {
      type: 'string',
      enum: ['company', 'research paper', 'news', 'pdf', 'github', 'tweet', 'personal site', 'linkedin profile', 'financial report'],
      description: 'Only pages of this kind.',
    },
    include_text: { type: 'boolean', description: 'Whether to return the text of the pages too, which may be long. false when left out.' },
    include_domains: domains('Only pages of these domains.'),
    exclude_domains: domains('No pages of these domains.'),
    start_published_date: { type: 'string', description: 'Only pages published from this moment on, ISO 8601.' },
    end_published_date: { type: 'string', description: 'Only pages published up to this moment, ISO 8601.' },
    user_location: { type: 'string', description: 'Two-letter code of the country that the user is in, for results that fit it.' },
  },
});

export const fetchWebpage = defineBuiltin('letta_builtin', {
  name: 'fetch_webpage',
  isSearch: true,
  isExternal: true,
  description:
    'Read a page of the web: fetches its address and returns what is written there as Markdown, without menus and advertising.\n\n' +
    'Examples:\n' +
    '    fetch_webpage(url="https://example.com/article")',
  properties: { url: { type: 'string', description: 'The address, with http:// or https://.' } },
});
