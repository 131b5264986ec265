import type { SecretCipher } from '../secrets/secret-cipher.js';

/** What is known of one sign-in, in the clear. What the SDK hands over is kept as it is. */
export interface OauthState {
  readonly clientInformation: unknown;
  readonly tokens: unknown;
  readonly codeVerifier: string | null;
  readonly discovery: unknown;
}

/** One sign-in to a server, for whoever goes through it or uses what it has brought. */
export interface OauthRecord {
  readonly id: string;
  readonly serverName: string;
  readonly redirectUri: string;
  /** What the callback has to bring along. */
  readonly state: string;
  read(): Promise<OauthState>;
  keepClient(clientInformation: unknown): Promise<void>;
  keepDiscovery(discovery: unknown): Promise<void>;
  keepCodeVerifier(codeVerifier: string): Promise<void>;
  keepAuthorizationUrl(url: string): Promise<void>;
  /** Who has these has signed in. */
  keepTokens(tokens: unknown, expiresInSeconds: number | null): Promise<void>;
  /** The ones that were read last; others that have come meanwhile stay. */
  dropTokens(): Promise<void>;
  /** With all that was got in its name. */
  dropClient(): Promise<void>;
}

interface SealedState {
  readonly clientInformation: string | null;
  readonly tokens: string | null;
  readonly codeVerifier: string | null;
  readonly discovery: unknown;
}

/** Where sign-ins are kept, with what is secret sealed. */
export interface SealedOauth {
  find(id: string): Promise<SealedState | null>;
  keep(
    id: string,
    change: { authorizationUrl?: string; codeVerifier?: string; clientInformation?: string; discovery?: unknown },
  ): Promise<void>;
  keepTokens(id: string, tokens: string, expiresInSeconds: number | null): Promise<void>;
  dropTokens(id: string, worthless: string): Promise<void>;
  dropClient(id: string): Promise<void>;
}

export function oauthRecord(
  facts: Pick<OauthRecord, 'id' | 'serverName' | 'redirectUri' | 'state'>,
  rows: SealedOauth,
  cipher: SecretCipher,
): OauthRecord {
  const { id, serverName, redirectUri, state } = facts;
  const opened = (text: string | null): unknown => (text === null ? null : JSON.parse(cipher.open(text)));
  let tokensRead: string | null = null;
  return {
    id,
    serverName,
    redirectUri,
    state,
    async read() {
      const row = await rows.find(id);
      tokensRead = row?.tokens ?? null;
      return {
        clientInformation: opened(row?.clientInformation ?? null),
        tokens: opened(tokensRead),
        codeVerifier: row?.codeVerifier == null ? null : cipher.open(row.codeVerifier),
        discovery: row?.discovery ?? null,
      };
    },
    keepClient: clientInformation => rows.keep(id, { clientInformation: cipher.seal(JSON.stringify(clientInformation)) }),
    keepDiscovery: discovery => rows.keep(id, { discovery }),
    keepCodeVerifier: codeVerifier => rows.keep(id, { codeVerifier: cipher.seal(codeVerifier) }),
    keepAuthorizationUrl: authorizationUrl => rows.keep(id, { authorizationUrl }),
    keepTokens: (tokens, expiresInSeconds) => rows.keepTokens(id, cipher.seal(JSON.stringify(tokens)), expiresInSeconds),
    dropTokens: () => (tokensRead === null ? Promise.resolve() : rows.dropTokens(id, tokensRead)),
    dropClient: () => rows.dropClient(id),
  };
}
