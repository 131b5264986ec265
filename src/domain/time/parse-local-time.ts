import { localParts, zoneOf } from './format-local-time.js';

const day = /^\d{4}-\d{2}-\d{2}$/;
const naive = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/;
const zoned = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})$/i;

/**
 * A moment as a model writes it: a day, a local time, or a time with its offset. A day means its beginning or its end, as `edge` says; what has no offset
 * is in the given zone. Null when the text is none of them.
 */
export function parseLocalTime(text: string, timezone: string | null, edge: 'start' | 'end'): Date | null {
  const value = text.trim();
  if (!isDayOfCalendar(value.slice(0, 10))) return null;
  if (zoned.test(value)) return valid(new Date(value.replace(' ', 'T')));
  if (day.test(value)) return inZone(`${value}T${edge === 'start' ? '00:00:00.000' : '23:59:59.999'}`, timezone);
  return naive.test(value) ? inZone(value.replace(' ', 'T'), timezone) : null;
}

/** The offset is looked up at the moment itself: near a change of the clock the first guess may be on its other side. */
function inZone(local: string, timezone: string | null): Date | null {
  const asUtc = valid(new Date(`${local}Z`));
  if (asUtc === null) return null;
  const zone = zoneOf(timezone);
  const shift = (at: Date): Date => new Date(asUtc.getTime() - localParts(at, zone).offsetMinutes * 60_000);
  return shift(shift(asUtc));
}

/** Dates take the 30th of February for a day in March. */
function isDayOfCalendar(written: string): boolean {
  const date = new Date(`${written}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(written);
}

function valid(date: Date): Date | null {
  return Number.isNaN(date.getTime()) ? null : date;
}
