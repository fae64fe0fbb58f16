/** Times and durations in the reader's language. All inputs are RFC 3339 texts or seconds; 'now' is an argument. */

const UNITS = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** '3 minutes ago', 'in 2 hours', 'now'. */
export function formatRelative(at: string, now: number, language: string) {
  const seconds = Math.round((Date.parse(at) - now) / 1000);
  const format = relative(language);
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit);
  }
  return Math.abs(seconds) < 10 ? format.format(0, 'second') : format.format(seconds, 'second');
}

/** '4 Nov 2026, 13:05:09', in the reader's time zone. */
export function formatMoment(at: string, language: string) {
  return moment(language).format(new Date(at));
}

/** '13:05:09' on the reader's present day, '5 Nov 2026, 13:05' on another. */
export function formatUntil(at: string, now: number, language: string) {
  const date = new Date(at);
  return date.toDateString() === new Date(now).toDateString() ? clock(language).format(date) : minute(language).format(date);
}

/** 'Wednesday, 4 November 2026', in the reader's time zone. */
export function formatDay(at: string, language: string) {
  return day(language).format(new Date(at));
}

/** '13:05:09.123', for log lines: the same width always. */
export function formatClock(at: string) {
  const date = new Date(at);
  const pad = (value: number, width = 2) => String(value).padStart(width, '0');
  return `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}.${pad(date.getMilliseconds(), 3)}`;
}

/** The two largest units: '0.4s', '12s', '3m 12s', '2h 5m', '3d 4h'; '3分钟 12秒'. */
export function formatDuration(seconds: number, language: string) {
  const value = Math.max(0, seconds);
  if (value < 1 && value > 0) return unit(language, 'second', 1).format(Math.max(0.1, value));
  const whole = Math.floor(value);
  const parts = [
    ['day', Math.floor(whole / 86_400)],
    ['hour', Math.floor(whole / 3_600) % 24],
    ['minute', Math.floor(whole / 60) % 60],
    ['second', whole % 60],
  ] as const;
  const first = parts.findIndex(([, amount]) => amount > 0);
  if (first < 0) return unit(language, 'second').format(0);
  return parts
    .slice(first, first + 2)
    .filter(([, amount], index) => index === 0 || amount > 0)
    .map(([name, amount]) => unit(language, name).format(amount))
    .join(' ');
}

/** Seconds that something took or has taken so far; undefined before it started. */
export function elapsed(of: { duration?: number; startedAt?: string; completedAt?: string }, now: number) {
  if (of.completedAt) return of.duration ?? (of.startedAt ? (Date.parse(of.completedAt) - Date.parse(of.startedAt)) / 1000 : undefined);
  if (of.startedAt) return Math.max(0, Math.floor((now - Date.parse(of.startedAt)) / 1000));
  return undefined;
}

const relative = perLanguage((language) => new Intl.RelativeTimeFormat(language, { numeric: 'auto' }));
const moment = perLanguage((language) => new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' }));

const minute = perLanguage((language) => new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }));
const clock = perLanguage((language) => new Intl.DateTimeFormat(language, { timeStyle: 'medium' }));

const day = perLanguage((language) => new Intl.DateTimeFormat(language, { dateStyle: 'full' }));

const units = new Map<string, Intl.NumberFormat>();
function unit(language: string, name: string, digits = 0) {
  const key = `${language} ${name} ${digits}`;
  const known = units.get(key);
  if (known) return known;
  const made = new Intl.NumberFormat(language, { style: 'unit', unit: name, unitDisplay: 'narrow', maximumFractionDigits: digits });
  units.set(key, made);
  return made;
}

/** Intl objects are slow to make and are needed in every row. */
function perLanguage<T>(make: (language: string) => T) {
  const made = new Map<string, T>();
  return (language: string) => {
    const known = made.get(language) ?? make(language);
    made.set(language, known);
    return known;
  };
}
