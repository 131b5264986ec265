/** A set of questions on long talks: what bench:memory and the test of the search's quality measure with. */
export interface Turn {
  readonly id: string;
  readonly speaker: string;
  readonly text: string;
  /** ISO, UTC. */
  readonly at: string;
}

export interface Question {
  readonly text: string;
  /** Turns that answer it; none where it asks for what was never said. */
  readonly evidence: readonly string[];
  readonly kind: string;
  /** The question names a time, which a client gives as a filter. */
  readonly from?: string;
  readonly to?: string;
}

export interface Talk {
  readonly id: string;
  readonly turns: readonly Turn[];
  readonly questions: readonly Question[];
}

/** A turn as it is stored and searched. */
export function textOf({ speaker, text }: Turn): string {
  return `${speaker}: ${text}`;
}
