import { randomUUID } from 'node:crypto';
import type { UpdateAgentBody } from '../../../contract/agents.contract.js';
import { RequestError } from '../../../domain/errors.js';
import { idPrefixes } from '../../../domain/ids.js';
import type { SecretCipher } from '../../../domain/secrets/secret-cipher.js';
import type { AgentRecord } from '../../../repositories/agent-record.js';
import type { NewAgentSecret } from '../../../repositories/agents.repository.js';

/** The secrets that a request gives to its agent, sealed; `secrets` is the newer name and wins. Null = it says nothing of them. */
export function sealSecrets(
  body: Pick<UpdateAgentBody, 'secrets' | 'tool_exec_environment_variables'>,
  cipher: Pick<SecretCipher, 'seal'>,
): readonly NewAgentSecret[] | null {
  const given = body.secrets ?? body.tool_exec_environment_variables ?? null;
  if (given === null) return null;
  return Object.entries(given).map(([key, value]) => {
    checkVariableName(key);
    return { id: `${idPrefixes.agentVariable}-${randomUUID()}`, key, value: cipher.seal(value) };
  });
}

/** What no process could have in its environment. */
function checkVariableName(key: string): void {
  if (!/^[A-Za-z_][\w.-]*$/.test(key))
    throw new RequestError('unprocessable', `'${key}' is no name of a variable: letters, digits and underscores, beginning with no digit`);
}

/** For whoever has asked for them. */
export function openSecrets(agent: AgentRecord, cipher: Pick<SecretCipher, 'open'>): AgentRecord {
  return { ...agent, secrets: agent.secrets.map(secret => ({ ...secret, value: cipher.open(secret.value) })) };
}
