import assert from 'node:assert/strict';
import { request } from 'node:http';
import { pino } from 'pino';
import { runApi } from '../../src/main/api-role.js';
import { useStack } from '../support/stack-client.js';
import { openWs } from '../support/ws-client.js';

/** What a browser sends when a page has had its own name resolved to this machine. */
const rebound = 'evil.example:8283';

describe('a server without a password', () => {
  const { stack } = useStack();

  const ask = (url: string, path: string, host: string): Promise<readonly [number | undefined, string]> =>
    new Promise((resolve, reject) => {
      const asked = request(`${url}${path}`, { headers: { host } }, response => {
        let text = '';
        response.on('data', (data: Buffer) => (text += data.toString()));
        response.on('end', () => resolve([response.statusCode, text]));
      });
      asked.on('error', reject);
      asked.end();
    });

  it('answers requests to the names of its machine only', async () => {
    for (const host of ['localhost', 'localhost:8283', 'LOCALHOST:1', 'my.localhost:8283', '127.0.0.1:8283', '127.1.2.3', '[::1]:8283']) {
      assert.equal((await ask(stack.url, '/v1/agents/', host))[0], 200, host);
    }
    for (const host of [rebound, '127.0.0.1.evil.example', '127.evil.example', 'localhost.evil.example', 'notlocalhost', '192.168.1.5']) {
      for (const path of ['/v1/agents/', '/latest/agents/', '/v1/_temporal/codec/sign-in', '/openapi.json']) {
        const [status, text] = await ask(stack.url, path, host);
        assert.equal(status, 403, `${host} ${path}`);
        assert.match(text, /^{"detail":"The host '.*' is not served without a password/);
      }
    }
    assert.equal((await ask(stack.url, '/v1/health/', rebound))[0], 200);
  });

  it('opens WebSockets at the names of its machine only', async () => {
    await assert.rejects(openWs(`${stack.url}/v1/ws`, { headers: { host: rebound } }), /403/);
    const ws = await openWs(`${stack.url.replace('127.0.0.1', 'localhost')}/v1/ws`);
    ws.socket.terminate();
  });

  it('is another matter with one: then every name will do', async () => {
    const api = await runApi(stack.backend, { ...stack.backend.settings, password: 'sesame' }, pino({ level: 'silent' }));
    const url = `http://127.0.0.1:${api.port}`;
    assert.equal((await ask(url, '/v1/agents/', rebound))[0], 401);
    const ws = await openWs(`${url}/v1/ws`, { headers: { host: rebound, authorization: 'Bearer sesame' } });
    ws.socket.terminate();
    await api.stop();
  });
});
