import { RequestError } from '../../domain/errors.js';
import { storableJson, storableText } from '../../domain/storable-text.js';
import { cutValue, textOfValue } from '../../domain/tools/pack-tool-return.js';
import type { ToolResult } from '../../domain/tools/tool-result.js';
import type { TrialResult } from '../../domain/tools/tool-trial.js';
import type { FreeCallContext } from '../../repositories/tool-calls.repository.js';
import { printedLines } from '../tools/printed-lines.js';

const defaultReturnCharLimit = 50_000;

/** What is kept of a result: as in a message of a run, the return and what was printed are cut to the tool's limit. */
export function toTrialResult({ call, tool }: FreeCallContext, result: ToolResult): TrialResult {
  const limit = tool?.returnCharLimit ?? defaultReturnCharLimit;
  return { status: result.status, value: storable(cutValue(result.value, limit)), ...printedLines(call.name, result, limit) };
}

/** JSON that is nested too deep to be stored is kept as text. */
function storable(value: unknown): unknown {
  try {
    return storableJson(value);
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    return storableText(textOfValue(value));
  }
}
