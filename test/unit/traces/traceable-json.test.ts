import assert from 'node:assert/strict';
import { traceableJson } from '../../../src/domain/traces/traceable-json.js';

const limits = { maxLength: 10_000, secrets: ['own-key-of-this-server'] };
const kept = (body: unknown, maxLength = limits.maxLength): unknown => JSON.parse(traceableJson(body, { ...limits, maxLength }));

describe('traceableJson', () => {
  it('keeps what holds no secret as it is', () => {
    const body = { messages: [{ role: 'user', content: 'Hello' }], max_tokens: 5, tools: [{ name: 'add', parameters: {} }] };
    assert.deepEqual(kept(body), body);
  });

  it('cuts values of members that are named like secrets, at any depth', () => {
    const body = { metadata: { openaiApiKey: 'abc', 'x-api-key': 'abc', nested: [{ client_secret: 'abc', password: 12 }] }, max_tokens: 9 };
    assert.deepEqual(kept(body), {
      metadata: {
        openaiApiKey: '[redacted]',
        'x-api-key': '[redacted]',
        nested: [{ client_secret: '[redacted]', password: '[redacted]' }],
      },
      max_tokens: 9,
    });
  });

  it("keeps the schema of a tool's argument that is named like a secret", () => {
    const body = { properties: { password: { type: 'string', description: 'Of the door' } } };
    assert.deepEqual(kept(body), body);
  });

  it('cuts secrets in the JSON arguments of a call, and keeps the JSON whole', () => {
    const body = { arguments: '{"api_key": "a\\"b", "city": "Rome"}' };
    const { arguments: args } = kept(body) as { arguments: string };
    assert.deepEqual(JSON.parse(args), { api_key: '[redacted]', city: 'Rome' });
  });

  it('cuts keys by their shape and the keys of this server wherever they stand', () => {
    const texts = ['sk-abcdef0123456789', 'ghp_abcdefghij0123456789', 'Bearer abc.def', 'AKIAABCDEFGHIJKLMNOP', 'own-key-of-this-server'];
    for (const secret of texts) {
      const text = traceableJson({ content: `my key is ${secret}, keep it` }, limits);
      assert.ok(!text.includes(secret), text);
      assert.match(text, /my key is .*\[redacted\].*, keep it/);
    }
  });

  it('is quick with texts that begin like a key again and again', () => {
    // Were the work quadratic, a megabyte would take half an hour, and the test its timeout.
    assert.match(traceableJson({ content: '-eyJ'.repeat(250_000) }, limits), /^{"content":"-eyJ-eyJ/);
  });

  it('cuts long texts until the whole fits, and stays JSON', () => {
    const body = { messages: Array.from({ length: 10 }, (_, index) => ({ index, content: 'x'.repeat(5000) })) };
    const cut = kept(body) as { messages: { content: string }[] };
    assert.equal(cut.messages.length, 10);
    assert.match(cut.messages[0]?.content ?? '', /^x{200}\.\.\. \[cut, 5000 characters\]$/);
    assert.match(String((kept(body, 1000) as { cut: string }).cut), /longer than the 1000/);
  });
});
