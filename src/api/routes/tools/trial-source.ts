import type { RunToolBody } from '../../../contract/tool-runs.contract.js';
import { RequestError } from '../../../domain/errors.js';
import type { SecretCipher } from '../../../domain/secrets/secret-cipher.js';
import type { SchemaGenerator } from '../../../domain/tools/schema-generator.js';
import type { TrialRequest } from '../../../domain/tools/tool-trial.js';
import { deriveSchema, languageOf } from './to-tool-draft.js';

/** What a request asks for that brings its own source. Nothing is known of its effects, so it is run once at most. */
export async function trialOfSource(
  body: RunToolBody,
  deps: { readonly schemas: SchemaGenerator; readonly secretCipher: Pick<SecretCipher, 'seal'>; readonly timeoutMs: number },
): Promise<TrialRequest> {
  const sourceType = languageOf(body.source_type ?? 'python');
  const jsonSchema = body.json_schema ?? (await deriveSchema(deps.schemas, sourceType, body.source_code, body.args_json_schema ?? null));
  const toolName = body.name ?? jsonSchema['name'];
  if (typeof toolName !== 'string' || toolName === '')
    throw new RequestError('invalid', "The member 'name' of json_schema has to be a name");
  return {
    args: body.args,
    call: { toolName, execution: 'sandbox', retryClass: 'never', timeoutMs: deps.timeoutMs },
    source: {
      isStored: false,
      sourceType,
      code: body.source_code,
      jsonSchema,
      pipRequirements: body.pip_requirements ?? [],
      npmRequirements: body.npm_requirements ?? [],
      network: null,
      timeoutMs: null,
      sealedEnvironment: body.env_vars == null ? null : deps.secretCipher.seal(JSON.stringify(body.env_vars)),
    },
  };
}
