import type { LoopTimeouts } from '../domain/agent-loop/loop-types.js';
import type { Settings } from './settings.js';

/** What workflows are told with their input. */
export function loopTimeouts(settings: Settings): LoopTimeouts {
  return {
    modelCallMs: settings.llmTimeoutMs,
    heartbeatMs: settings.heartbeatTimeoutMs,
    tools: { startMs: settings.toolStartTimeoutMs, endMs: settings.toolEndTimeoutMs, attempts: settings.toolAttempts },
  };
}
