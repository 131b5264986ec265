import assert from 'node:assert/strict';
import { oauthRecord } from '../../../src/domain/mcp/oauth-record.js';
import type { SealedOauth } from '../../../src/domain/mcp/oauth-record.js';
import { McpFailure } from '../../../src/domain/mcp/mcp-failure.js';
import { createOauthProvider } from '../../../src/providers/mcp/oauth-provider.js';

describe('createOauthProvider', () => {
  const cipher = { seal: (text: string) => `sealed ${text}`, open: (text: string) => text.replace('sealed ', '') };
  const sealed = (token: string): string => cipher.seal(JSON.stringify({ access_token: token }));
  const facts = { id: 'mcp-oauth-1', serverName: 'private', redirectUri: 'http://host/back', state: 'state' };

  it('goes on with the tokens that another process has got meanwhile', async () => {
    let tokens: string | null = sealed('old');
    const rows = {
      find: () => Promise.resolve({ tokens, clientInformation: null, codeVerifier: null, discovery: null }),
      dropTokens: (_id: string, worthless: string) => {
        if (tokens === worthless) tokens = null;
        return Promise.resolve();
      },
    } as unknown as SealedOauth;
    const provider = createOauthProvider(oauthRecord(facts, rows, cipher), false);
    const accessToken = async (): Promise<string | undefined> => (await provider.tokens())?.access_token;
    assert.equal(await accessToken(), 'old');
    tokens = sealed('new');
    await provider.invalidateCredentials?.('tokens');
    assert.equal(await accessToken(), 'new');
    await provider.invalidateCredentials?.('tokens');
    assert.equal(await accessToken(), undefined);
  });

  it('begins no sign-in where nobody is at a browser', async () => {
    const provider = createOauthProvider(oauthRecord(facts, {} as SealedOauth, cipher), false);
    await assert.rejects(async () => provider.redirectToAuthorization(new URL('http://as/authorize')), McpFailure);
  });
});
