import { SandboxUnavailable } from '../../domain/sandbox/code-sandbox.js';
import type { CodeSandbox, SandboxLanguage } from '../../domain/sandbox/code-sandbox.js';
import { codeResult } from '../../domain/tools/code-result.js';
import type { ToolsRepository } from '../../repositories/tools.repository.js';
import { requiredText, ToolArgumentError, withArgumentErrors } from './tool-arguments.js';
import type { ToolArguments } from './tool-arguments.js';
import type { NamedExecutors } from './tool-executor.js';

export interface CodeExecutorDeps {
  readonly sandbox: CodeSandbox;
  readonly tools: Pick<ToolsRepository, 'pythonCodeOf'>;
  /** Of one run, in ms. */
  readonly codeTimeoutMs: number;
}

const languages: Readonly<Record<string, SandboxLanguage>> = { python: 'python', js: 'javascript', ts: 'typescript', r: 'r', java: 'java' };

/** The tool that runs what the model writes. */
export function createCodeExecutors({ sandbox, tools, codeTimeoutMs }: CodeExecutorDeps): NamedExecutors {
  return {
    run_code: (call, args, signal) =>
      withArgumentErrors(async () => {
        const code = requiredText(args, 'code');
        const language = languageOf(args);
        // V1 puts them before Python alone: of the other languages it knows no tools.
        const own = language === 'python' ? await tools.pythonCodeOf(call.agentId) : [];
        const run = {
          language,
          source: [...own.map(tool => tool.source), code].join('\n\n'),
          entry: { kind: 'script' as const },
          environment: {},
          packages: own.flatMap(tool => tool.packages),
          // As wide as the server allows.
          network: 'host' as const,
          timeoutMs: codeTimeoutMs,
          organizationId: call.organizationId,
          key: call.id,
        };
        try {
          return { status: 'success', value: codeResult(await sandbox.run(run, signal)) };
        } catch (error) {
          if (!(error instanceof SandboxUnavailable)) throw error;
          return { status: 'error', value: error.message, errorType: 'ValueError' };
        }
      }),
  };
}

function languageOf(args: ToolArguments): SandboxLanguage {
  const name = requiredText(args, 'language');
  const language = Object.hasOwn(languages, name) ? languages[name] : undefined;
  if (language === undefined)
    throw new ToolArgumentError(`Invalid language '${name}': it has to be one of ${Object.keys(languages).join(', ')}`);
  return language;
}
