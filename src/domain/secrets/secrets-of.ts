import type { SecretCipher } from './secret-cipher.js';

/** The secrets that a call of an agent's tool may use, by name. */
export type SecretsOf = (call: {
  readonly organizationId: string;
  readonly agentId: string | null;
}) => Promise<Readonly<Record<string, string>>>;

export interface SealedSecrets {
  load(
    organizationId: string,
    agentId: string | null,
  ): Promise<{ readonly agent: readonly { readonly key: string; readonly sealed: string }[] }>;
}

export function createSecretsOf(stored: SealedSecrets, cipher: Pick<SecretCipher, 'open'>): SecretsOf {
  return async ({ organizationId, agentId }) => {
    if (agentId === null) return {};
    const { agent } = await stored.load(organizationId, agentId);
    return Object.fromEntries(agent.map(({ key, sealed }) => [key, cipher.open(sealed)]));
  };
}
