import type { KeysetPage } from '../../repositories/sql-conditions.js';

interface PagingQuery {
  readonly before?: string | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
  readonly order: 'asc' | 'desc';
}

/** The most rows that one page holds. */
const largestPage = 1000;

/** Of rows that may each be as long as all that an agent is told. */
export const largestPageOfLongRows = 100;

export function pageOf({ before, after, limit, order }: PagingQuery): KeysetPage {
  return { before: before ?? null, after: after ?? null, limit: Math.min(limit, largestPage), ascending: order === 'asc' };
}

/** For lists that are short by their nature. */
export const wholePage: KeysetPage = { before: null, after: null, limit: largestPage, ascending: true };
