import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageFile } from '../../src/config/version.js';
import { agentClient } from '../support/agent-client.js';
import { textOf } from '../support/mock-openai.js';
import { npmPackages } from '../support/npm-packages.js';
import { sharedStack } from '../support/stack.js';

const run = promisify(execFile);

interface Outcome {
  readonly generated: { readonly text: string; readonly finishReason: string };
  readonly streamed: { readonly pieces: readonly string[]; readonly kinds: readonly string[]; readonly finishReason: string };
}

describe('@letta-ai/vercel-ai-sdk-provider', function () {
  this.timeout(300_000);

  it('generates and streams text with an agent, which remembers', async () => {
    const [stack, folder] = await Promise.all([
      sharedStack(),
      npmPackages({ name: 'vercel-ai-sdk-provider-1.4.0', install: ['@letta-ai/vercel-ai-sdk-provider@1.4.0', 'ai@5.0.277', 'zod@4.6.7'] }),
    ]);
    const agentId = await agentClient(stack.url).newAgent();
    stack.mock.script = ({ messages }) => {
      const heard = messages.filter(({ role }) => role === 'user').map(textOf);
      return { text: `Heard ${heard.join(' and ')}`, pieceDelayMs: 60 };
    };
    const script = join(folder, 'vercel-provider.mjs');
    copyFileSync(packageFile('test/clients/vercel-provider.mjs'), script);
    const { stdout } = await run(process.execPath, [script, agentId, stack.url], { cwd: folder, timeout: 60_000 });
    const { generated, streamed } = JSON.parse(stdout) as Outcome;
    assert.match(generated.text, /^Heard .*Say it at once\./s);
    assert.equal(generated.finishReason, 'stop');
    assert.ok(streamed.pieces.length > 3, 'it comes in pieces');
    assert.match(streamed.pieces.join(''), /^Heard .*Say it at once\..* and .*Say it bit by bit\./s);
    assert.equal(streamed.kinds.at(-1), 'finish');
    assert.ok(!streamed.kinds.includes('error'));
    assert.equal(streamed.finishReason, 'stop');
  });
});
