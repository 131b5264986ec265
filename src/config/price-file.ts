import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { SettingError } from './settings.js';

const amount = z.number().min(0);
const prices = { input: amount, cached_input: amount.optional(), cache_write: amount.optional(), output: amount };
const entry = z
  .strictObject({ ...prices, long_prompt: z.strictObject({ over_tokens: z.number().int().positive(), ...prices }).optional() })
  .nullable();
const schema = z.record(z.string(), entry).superRefine((entries, context) => {
  for (const handle of Object.keys(entries).filter(name => !/^[^/]+\/.+$/.test(name))) {
    context.addIssue({ code: 'custom', path: [handle], message: 'a handle is <provider>/<model>' });
  }
});
type FilePrices = Omit<NonNullable<z.output<typeof entry>>, 'long_prompt'>;

/** The operator's prices by handle, in USD per million tokens. Throws SettingError for a file that cannot be used. */
export function readPriceFile(path: string | null) {
  if (path === null) return {};
  const parsed = schema.safeParse(readJson(path));
  if (!parsed.success) throw wrong(path, z.prettifyError(parsed.error));
  return Object.fromEntries(
    Object.entries(parsed.data).map(([handle, value]) => {
      if (value === null) return [handle, null];
      const { long_prompt: long, ...own } = value;
      return [handle, { ...toPrices(own), longPrompt: long === undefined ? null : { overTokens: long.over_tokens, ...toPrices(long) } }];
    }),
  );
}

/** What is not said of the cache costs what input costs. */
function toPrices({ input, cached_input, cache_write, output }: FilePrices) {
  return { input, cachedInput: cached_input ?? input, cacheWrite: cache_write ?? input, output };
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw wrong(path, error instanceof Error ? error.message : String(error));
  }
}

function wrong(path: string, reason: string): SettingError {
  return new SettingError(`The setting PERDURA_PRICES_FILE is wrong: ${path}: ${reason}`);
}
