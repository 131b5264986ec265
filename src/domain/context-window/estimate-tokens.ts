const charactersPerToken = 4;
/** Providers count more than the plain rule: role markers, JSON, other scripts. */
const safetyFactor = 1.3;

/** A rough count from the length in UTF-16 units, for where no provider has counted yet. */
export function estimateTokens(text: string): number {
  return Math.ceil((text.length / charactersPerToken) * safetyFactor);
}

/** The longest plain text that is estimated at no more. */
export function charactersOf(tokens: number): number {
  return Math.max(0, Math.floor((tokens / safetyFactor) * charactersPerToken));
}
