/** What is deleted when it is too old. Everything else goes only with what it belongs to. */
export const retentionKinds = ['messages', 'runs', 'traces', 'passages'] as const;
export type RetentionKind = (typeof retentionKinds)[number];

/** Days, or kept for ever. A kind that is not named goes by the organisation's policy, and then by the server's. */
export type RetentionTerm = number | 'forever';
export type RetentionPolicy = { readonly [Kind in RetentionKind]?: RetentionTerm | undefined };

/** What became of one batch. */
export interface RetentionBatch {
  readonly deleted: number;
  /** Where the next batch begins; null = nothing that is too old is left. */
  readonly next: string | null;
}
