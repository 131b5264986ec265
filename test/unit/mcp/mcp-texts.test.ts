import assert from 'node:assert/strict';
import { fillPlaceholders, withoutPlaceholders } from '../../../src/domain/mcp/fill-placeholders.js';
import { resultText } from '../../../src/domain/mcp/result-text.js';
import { offeredToolName } from '../../../src/domain/mcp/tool-name.js';

describe('fillPlaceholders', () => {
  const config = {
    type: 'streamable_http' as const,
    url: 'https://{{ REGION | eu }}.example.com/{{PATH}}',
    authHeader: null,
    token: '{{ TOKEN }}',
    headers: { 'x-user': 'of {{ USER | nobody }}' },
  };

  it('takes values, then defaults, and tells which names have neither', () => {
    const { config: filled, missing } = fillPlaceholders(config, { TOKEN: 't$&1', USER: 'ada' });
    assert.deepEqual(filled, { ...config, url: 'https://eu.example.com/{{PATH}}', token: 't$&1', headers: { 'x-user': 'of ada' } });
    assert.deepEqual(missing, ['PATH']);
  });

  it('fills arguments and environment of programs, never the command', () => {
    const stdio = { type: 'stdio' as const, command: '{{ A }}', args: ['--key={{ A }}'], env: { KEY: '{{ A }}' } };
    assert.deepEqual(fillPlaceholders(stdio, { A: 'x' }).config, {
      type: 'stdio',
      command: '{{ A }}',
      args: ['--key=x'],
      env: { KEY: 'x' },
    });
  });

  it('leaves a URL that can be judged', () => {
    assert.equal(withoutPlaceholders(config.url), 'https://eu.example.com/placeholder');
  });
});

describe('offeredToolName', () => {
  it('changes only what models do not take, and keeps two names two', () => {
    assert.equal(offeredToolName('read_file', null), 'read_file');
    assert.equal(offeredToolName('read_file', 'disk_'), 'disk_read_file');
    assert.match(offeredToolName('read.file', null), /^read_file_[0-9a-f]{8}$/);
    assert.notEqual(offeredToolName('read.file', null), offeredToolName('read/file', null));
    assert.match(offeredToolName('', null), /^_[0-9a-f]{8}$/);
    assert.equal(offeredToolName('x'.repeat(100), 'p-').length, 64);
  });
});

describe('resultText', () => {
  it('joins texts by a space, and writes other pieces as their members', () => {
    const content = [
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
      { type: 'image', data: 'aGk=', mimeType: 'image/png' },
    ];
    assert.equal(resultText({ isError: false, content }), "a b type='image' data='aGk=' mimeType='image/png'");
  });

  it('has words for nothing, and takes structured content where there is no other', () => {
    assert.equal(resultText({ isError: false, content: [] }), 'Empty response from tool');
    assert.equal(resultText({ isError: false, content: [], structuredContent: { a: 1 } }), '{"a":1}');
  });
});
