import { zoneAbbreviation } from './zone-abbreviation.js';

export interface LocalParts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  /** 0 to 23 */
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly offsetMinutes: number;
}

/** Formats are costly to make and there are few zones. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** Whether the name is a time zone that times can be shown in. */
export function isTimeZone(name: string): boolean {
  try {
    return formatOf(name) !== null;
  } catch {
    return false;
  }
}

/** `2025-01-31 09:05:00 AM PST-0800`: how the model sees a moment. An unknown zone, or null, is shown as UTC. */
export function formatLocalTime(at: Date, timezone: string | null): string {
  const zone = zoneOf(timezone);
  const parts = localParts(at, zone);
  const clock = `${pad(parts.hour % 12 || 12)}:${pad(parts.minute)}:${pad(parts.second)} ${parts.hour < 12 ? 'AM' : 'PM'}`;
  return `${dayOf(parts)} ${clock} ${zoneAbbreviation(at, zone, parts.offsetMinutes)}${offsetText(parts.offsetMinutes, '')}`;
}

/** `2025-01-31T09:05:00.120-08:00`: ISO 8601 in a zone, fractions only where there are any. */
export function formatLocalIso(at: Date, timezone: string | null): string {
  const parts = localParts(at, zoneOf(timezone));
  const ms = ((at.getTime() % 1000) + 1000) % 1000;
  const fraction = ms === 0 ? '' : `.${String(ms).padStart(3, '0')}`;
  return `${dayOf(parts)}T${pad(parts.hour)}:${pad(parts.minute)}:${pad(parts.second)}${fraction}${offsetText(parts.offsetMinutes, ':')}`;
}

/** The calendar date and clock of a moment in a zone. The zone has to be a valid one. */
export function localParts(at: Date, zone: string): LocalParts {
  const fields = Object.fromEntries(
    formatOf(zone)
      .formatToParts(at)
      .map(part => [part.type, part.value]),
  );
  const number = (name: string): number => Number(fields[name] ?? 0);
  const parts = {
    year: number('year'),
    month: number('month'),
    day: number('day'),
    hour: number('hour'),
    minute: number('minute'),
    second: number('second'),
  };
  const asUtc = Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second);
  return { ...parts, offsetMinutes: Math.round((asUtc - Math.floor(at.getTime() / 1000) * 1000) / 60_000) };
}

export function zoneOf(timezone: string | null): string {
  return timezone !== null && isTimeZone(timezone) ? timezone : 'UTC';
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'iso8601',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  formats.set(zone, format);
  return format;
}

function dayOf(parts: LocalParts): string {
  return `${String(parts.year).padStart(4, '0')}-${pad(parts.month)}-${pad(parts.day)}`;
}

function offsetText(minutes: number, separator: string): string {
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}${separator}${pad(size % 60)}`;
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
