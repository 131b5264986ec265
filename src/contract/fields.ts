import { z } from 'zod';
import { idPattern } from '../domain/ids.js';
import type { IdPrefix } from '../domain/ids.js';
import { busyPolicies } from '../domain/runs/run-request.js';

/** Building blocks of requests. Query values arrive as text. */
export const nothing = z.object({});

/** Of what a client names a message or a request by, in characters: it stands in an index. */
export const longestKey = 256;
export const key = z.string().max(longestKey);

/** The longest time that can be asked for, in seconds: ten years. */
export const longestSeconds = 10 * 365 * 86_400;

/** A path parameter. The text of its error is V1's. */
export function pathId(prefix: IdPrefix) {
  return z.string().regex(new RegExp(idPattern(prefix)), `String should match pattern '${prefix}-{uuid4}'`);
}

export const queryBoolean = z
  .enum(['true', 'false', 'True', 'False', '1', '0'])
  .transform(value => value.toLowerCase() === 'true' || value === '1')
  .meta({ type: 'boolean' });

export function queryInteger(minimum = 0) {
  return z.coerce.number().int().min(minimum);
}

/** Repeated, with brackets, or once. */
export const queryList = z
  .preprocess(value => (value === undefined || Array.isArray(value) ? value : [value]), z.array(z.string()))
  .meta({ type: 'array' });

/** As queryList, of the given values only. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.preprocess(value => (value === undefined || Array.isArray(value) ? value : [value]), z.array(item));
}

/** The cursor parameters of a list. */
export function paging(defaults: { readonly limit: number; readonly order: 'asc' | 'desc' }) {
  return {
    before: z.string().optional(),
    after: z.string().optional(),
    limit: queryInteger(1).default(defaults.limit),
    order: z.enum(['asc', 'desc']).default(defaults.order),
  };
}

/** Of this server, beside V1. */
export const busyPolicy = z.enum(busyPolicies);

export const createdAtOrder = z.literal('created_at').default('created_at');

/** An instant in a response. */
export const instant = z.string();
export const jsonObject = z.record(z.string(), z.unknown());
