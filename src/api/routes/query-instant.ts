import { RequestError } from '../../domain/errors.js';
import { parseLocalTime } from '../../domain/time/parse-local-time.js';

/** The moment that a query parameter names: a day, or a time with or without its offset (UTC then). Throws 400 for anything else. */
export function queryInstant(text: string | undefined, name: 'start_date' | 'end_date'): Date | undefined {
  if (text === undefined) return undefined;
  // An unescaped + of an offset arrives as a blank.
  const at = parseLocalTime(text.replace(/ (\d{2}:?\d{2})$/, '+$1'), null, name === 'end_date' ? 'end' : 'start');
  if (at === null) throw new RequestError('invalid', `Invalid ${name}: ${text} is no ISO 8601 date`);
  return at;
}
