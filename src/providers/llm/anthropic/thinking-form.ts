/** How a Claude model is asked to think: not at all, with a budget of tokens, or as much as it finds right. */
export type ThinkingForm = 'none' | 'budget' | 'adaptive';

/** Versions as major + minor / 100. Adaptive thinking came with 4.6; since 4.7 a budget is refused. */
const firstThinking = 3.07;
const firstAdaptive = 4.06;

export function thinkingForm(model: string): ThinkingForm {
  const version = versionOf(model);
  if (version === null) return model.startsWith('claude-mythos') ? 'adaptive' : 'none';
  if (version >= firstAdaptive) return 'adaptive';
  return version >= firstThinking ? 'budget' : 'none';
}

/** Whether thinking can be, and has to be, turned off by name: the models that think unless told otherwise. */
export function canTurnThinkingOff(model: string): boolean {
  return thinkingForm(model) === 'adaptive' && /^claude-(opus|sonnet|haiku)-/.test(model);
}

/** Whether the model takes a level of effort. */
export function takesEffort(model: string): boolean {
  return thinkingForm(model) === 'adaptive' || model.startsWith('claude-opus-4-5');
}

/** `claude-opus-4-7`, `claude-3-7-sonnet-20250219`; a date is no minor version. */
function versionOf(model: string): number | null {
  const match = /^claude-(?:[a-z]+-)?(\d{1,2})(?:-(\d{1,2}))?(?!\d)/.exec(model);
  return match === null ? null : Number(match[1]) + Number(match[2] ?? 0) / 100;
}
