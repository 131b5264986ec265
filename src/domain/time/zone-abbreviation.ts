/** Each locale of English names the zones of its own part of the world only. */
const locales = ['en-US', 'en-GB', 'en-AU', 'en-IN', 'en-ZA', 'en-NZ', 'en-CA'];

/** Zones that no locale names, by their offset in minutes. */
const further: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  'Asia/Tokyo': { 540: 'JST' },
  'Asia/Seoul': { 540: 'KST' },
  'Asia/Shanghai': { 480: 'CST' },
  'Asia/Taipei': { 480: 'CST' },
  'Asia/Hong_Kong': { 480: 'HKT' },
  'Asia/Manila': { 480: 'PST' },
  'Asia/Jakarta': { 420: 'WIB' },
  'Asia/Karachi': { 300: 'PKT' },
  'Asia/Jerusalem': { 120: 'IST', 180: 'IDT' },
  'Europe/Moscow': { 180: 'MSK' },
  'Africa/Lagos': { 60: 'WAT' },
  'Africa/Nairobi': { 180: 'EAT' },
};

const names = new Map<string, string>();

/** `PST`, `CET`; zones without letters of their own show the offset, as the tz database does: `+03`. */
export function zoneAbbreviation(at: Date, zone: string, offsetMinutes: number): string {
  // The name of a zone at an offset may depend on the season alone, which the offset tells.
  const key = `${zone} ${offsetMinutes}`;
  const known = names.get(key);
  if (known !== undefined) return known;
  const name = further[zone]?.[offsetMinutes] ?? localeName(at, zone) ?? numeric(offsetMinutes);
  names.set(key, name);
  return name;
}

function localeName(at: Date, zone: string): string | null {
  for (const locale of locales) {
    const parts = new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName: 'short' }).formatToParts(at);
    const name = parts.find(part => part.type === 'timeZoneName')?.value ?? '';
    if (/^[A-Z]{2,5}$/.test(name)) return name;
  }
  return null;
}

function numeric(minutes: number): string {
  const size = Math.abs(minutes);
  const hours = String(Math.floor(size / 60)).padStart(2, '0');
  const rest = size % 60 === 0 ? '' : String(size % 60).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${hours}${rest}`;
}
