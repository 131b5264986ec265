// A server over stdio made with MCP's SDK. It starts a child of its own, which has to end with it.
import { spawn } from 'node:child_process';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';

const child = spawn('sleep', ['600'], { stdio: 'ignore' });
const server = new Server({ name: 'stdio', version: '1' }, { capabilities: { tools: {} } });
const schema = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] };
server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: [{ name: 'read_env', description: 'Reads.', inputSchema: schema }] }));
server.setRequestHandler(CallToolRequestSchema, ({ params }) => {
  const values = { pids: [process.pid, child.pid], names: Object.keys(process.env), value: process.env[params.arguments.name] ?? null };
  return { content: [{ type: 'text', text: JSON.stringify(values) }] };
});
console.log('a line that is no message');
await server.connect(new StdioServerTransport());
