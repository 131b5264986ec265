import type { LettaMessageFields } from './letta-message-types.js';

/** The common fields of a wire message with V1's keys in V1's order. */
export function commonFields(id: string, date: string): LettaMessageFields {
  return { id, date, name: null, otid: null, sender_id: null, step_id: null, is_err: null, seq_id: null, run_id: null };
}

/** `2025-01-01T00:00:00+00:00` of an ISO time in UTC. */
export function wireDate(iso: string): string {
  return `${iso.slice(0, 19)}+00:00`;
}

/** `2025-01-01T00:00:00.000000+00:00`: an instant outside of messages. */
export function instantOrNull(at: Date | string | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

/** A bigint of the database, which comes as text. */
export function numberOrNull(value: string | null): number | null {
  return value === null ? null : Number(value);
}
