import { agentTypeTraits, defaultAgentType, isAgentType } from '../agents/agent-type.js';
import { formatLocalTime } from '../time/format-local-time.js';
import type { ToolRule } from '../tool-rules/tool-rule.js';
import { compileDirectories } from './compile-directories.js';
import type { Directories } from './compile-directories.js';
import { compileMemory } from './compile-memory.js';
import type { PromptBlock } from './compile-memory.js';
import { compileToolRules } from './compile-tool-rules.js';

export interface SystemPromptInput {
  /** The agent's own instructions; `{CORE_MEMORY}` in it is where the memory goes, else its end. */
  readonly system: string;
  readonly agentId: string;
  readonly agentType: string;
  /** Null = the default conversation. */
  readonly conversationId: string | null;
  readonly blocks: readonly PromptBlock[];
  readonly toolRules: readonly ToolRule[];
  readonly files: Directories;
  /** V1's name of the model's wire protocol. */
  readonly modelEndpointType: string;
  /** Messages that are no longer in the context. */
  readonly recallCount: number;
  readonly archivalCount: number;
  readonly archivalTags: readonly string[];
  readonly timezone: string | null;
  readonly now: Date;
}

const placeholder = '{CORE_MEMORY}';

/** The system message of a conversation: the instructions, the memory, the rules of the tools, the files and some facts, among them the time. */
export function compileSystemPrompt(input: SystemPromptInput): string {
  const memory = [compileSections(input), compileMetadata(input)].filter(section => section !== '').join('\n\n');
  const base = input.system.includes(placeholder) ? input.system : `${input.system}\n\n${placeholder}`;
  return base.split(placeholder).join(memory);
}

/** What of a system message changes when memory does; the rest is counts and time. */
export function compileSections(
  input: Pick<SystemPromptInput, 'agentType' | 'blocks' | 'toolRules' | 'files' | 'modelEndpointType'>,
): string {
  const traits = agentTypeTraits(isAgentType(input.agentType) ? input.agentType : defaultAgentType);
  const numbersLines = traits.numbersLinesForAnthropic && input.modelEndpointType === 'anthropic';
  const sections = [
    traits.includesMemoryBlocks ? compileMemory(input.blocks, numbersLines) : '',
    compileToolRules(input.toolRules),
    compileDirectories(input.files, !traits.includesMemoryBlocks),
  ];
  return sections.filter(section => section !== '').join('\n\n');
}

function compileMetadata(input: SystemPromptInput): string {
  return [
    '<memory_metadata>',
    `- AGENT_ID: ${input.agentId}`,
    `- CONVERSATION_ID: ${input.conversationId ?? 'default'}`,
    `- System prompt last recompiled: ${formatLocalTime(input.now, input.timezone)}`,
    `- ${input.recallCount} previous messages between you and the user are stored in recall memory (use tools to access them)`,
    ...(input.archivalCount > 0
      ? [`- ${input.archivalCount} total memories you created are stored in archival memory (use tools to access them)`]
      : []),
    ...(input.archivalTags.length > 0 ? [`- Available archival memory tags: ${input.archivalTags.join(', ')}`] : []),
    '</memory_metadata>',
  ].join('\n');
}
