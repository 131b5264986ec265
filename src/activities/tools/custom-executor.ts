import type { SecretCipher } from '../../domain/secrets/secret-cipher.js';
import { redactValues } from '../../domain/secrets/redact-values.js';
import type { NamedSecret } from '../../domain/secrets/redact-values.js';
import { soundsSecret } from '../../domain/secrets/sounds-secret.js';
import { SandboxUnavailable } from '../../domain/sandbox/code-sandbox.js';
import type { CodePackage, CodeSandbox, SandboxOutcome } from '../../domain/sandbox/code-sandbox.js';
import { SchemaFailure } from '../../domain/tools/schema-generator.js';
import type { SchemaGenerator } from '../../domain/tools/schema-generator.js';
import type { ToolResult } from '../../domain/tools/tool-result.js';
import type { TrialSource } from '../../domain/tools/tool-trial.js';
import type { FreeCallContext } from '../../repositories/tool-calls.repository.js';
import type { ToolEnvironment, ToolEnvironmentsRepository } from '../../repositories/tool-environments.repository.js';
import { loadAgentState, writeBack } from './agent-state.js';
import type { AgentStateDeps } from './agent-state.js';
import type { KindExecutor } from './tool-executor.js';

export interface CustomExecutorDeps extends AgentStateDeps {
  readonly sandbox: CodeSandbox;
  readonly toolEnvironments: ToolEnvironmentsRepository;
  readonly secretCipher: Pick<SecretCipher, 'open'>;
  readonly schemas: SchemaGenerator;
  readonly toolTimeoutMs: number;
}

/** Runs tools of a source. Their code gets what is said here and nothing else of the server. */
export function createCustomExecutor(deps: CustomExecutorDeps): KindExecutor {
  return async (call, args, signal) => {
    const { source, tool } = call;
    if (source === null || tool === null) return { status: 'error', value: `Tool '${call.call.name}' has no source that could be run.` };
    const loaded = await deps.toolEnvironments.load(call.organizationId, call.agentId);
    const environment = openEnvironment(deps.secretCipher, call, source, loaded);
    const agentState = source.code.includes('agent_state') ? await loadAgentState(deps, call) : null;
    try {
      const outcome = await deps.sandbox.run(
        {
          language: source.sourceType === 'typescript' ? 'typescript' : 'python',
          source: source.code,
          entry: { kind: 'function', functionName: tool.name, args, argOrder: await orderOf(deps.schemas, source), agentState },
          environment: environment.variables,
          packages: packagesOf(source, loaded),
          network: source.network ?? 'host',
          timeoutMs: source.timeoutMs ?? deps.toolTimeoutMs,
          organizationId: call.organizationId,
          key: call.id,
        },
        signal,
      );
      return await settle(deps, call, outcome, agentState, environment.secrets);
    } catch (error) {
      if (!(error instanceof SandboxUnavailable)) throw error;
      return { status: 'error', value: `Error executing function ${tool.name}: ${error.message}`, stdout: '', stderr: '' };
    }
  };
}

async function settle(
  deps: CustomExecutorDeps,
  call: FreeCallContext,
  outcome: SandboxOutcome,
  before: Readonly<Record<string, unknown>> | null,
  secrets: readonly NamedSecret[],
): Promise<ToolResult> {
  const refused = before === null || outcome.agentState === null ? [] : await writeBack(deps, call, before, outcome.agentState);
  const { status, value, stdout, stderr } = outcome;
  return redactValues({ status, value, stdout, stderr: [stderr, ...refused].filter(text => text !== '').join('\n') }, secrets);
}

interface OpenEnvironment {
  readonly variables: Readonly<Record<string, string>>;
  /** What nobody is shown. */
  readonly secrets: readonly NamedSecret[];
}

/** What is more special wins: the organisation's, the agent's, the request's, and what this server says of the call. */
function openEnvironment(
  cipher: Pick<SecretCipher, 'open'>,
  call: FreeCallContext,
  source: TrialSource,
  loaded: ToolEnvironment,
): OpenEnvironment {
  const open = (list: ToolEnvironment['agent']): NamedSecret[] =>
    list.map(({ key, sealed }) => ({ name: key, value: cipher.open(sealed) }));
  const [sandbox, agent] = [open(loaded.sandbox), open(loaded.agent)];
  const requested = source.sealedEnvironment === null ? {} : (JSON.parse(cipher.open(source.sealedEnvironment)) as Record<string, string>);
  const own = Object.entries(requested).map(([name, value]) => ({ name, value }));
  const variables = Object.fromEntries([...sandbox, ...agent, ...own].map(({ name, value }) => [name, value]));
  const named = [...sandbox, ...own].filter(({ name }) => soundsSecret(name));
  return { variables: { ...variables, ...factsOf(call, source, loaded) }, secrets: [...agent, ...named] };
}

function factsOf(
  { agentId, tool }: FreeCallContext,
  { isStored }: TrialSource,
  { projectId }: ToolEnvironment,
): Readonly<Record<string, string>> {
  return {
    ...(agentId === null ? {} : { LETTA_AGENT_ID: agentId }),
    ...(isStored && tool !== null ? { LETTA_TOOL_ID: tool.id } : {}),
    ...(projectId === null ? {} : { PROJECT_ID: projectId, LETTA_PROJECT_ID: projectId }),
  };
}

function packagesOf(source: TrialSource, { config }: ToolEnvironment): readonly CodePackage[] {
  if (source.sourceType === 'typescript') return source.npmRequirements.flatMap(toPackage);
  const listed = config?.['use_venv'] === true ? config['pip_requirements'] : [];
  const shared: readonly unknown[] = Array.isArray(listed) ? listed : [];
  const packages = [...shared, ...source.pipRequirements].flatMap(toPackage);
  // A tool's own word for a package counts.
  return [...new Map(packages.map(item => [item.name.toLowerCase(), item])).values()];
}

function toPackage(requirement: unknown): CodePackage[] {
  if (typeof requirement !== 'object' || requirement === null || !('name' in requirement) || typeof requirement.name !== 'string')
    return [];
  const version = 'version' in requirement && typeof requirement.version === 'string' ? requirement.version : null;
  return [{ name: requirement.name, version }];
}

/** TypeScript knows positions only, and the stored schema has lost the order of its names. */
async function orderOf(schemas: SchemaGenerator, { sourceType, code, jsonSchema }: TrialSource): Promise<readonly string[]> {
  if (sourceType !== 'typescript') return [];
  try {
    return namesOf((await schemas.generate({ language: 'typescript', code, argsSchema: null })).parameters['properties']);
  } catch (error) {
    if (!(error instanceof SchemaFailure)) throw error;
    const { parameters } = jsonSchema as { readonly parameters?: { readonly properties?: unknown; readonly required?: unknown } };
    const required = Array.isArray(parameters?.required) ? parameters.required.filter(name => typeof name === 'string') : [];
    return [...new Set([...required, ...namesOf(parameters?.properties)])];
  }
}

function namesOf(properties: unknown): string[] {
  return typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
}
