import type { LogLevel, TaskLogLine } from '~/lib/api-types';

export type LevelFilter = 'all' | 'warn' | 'error';

/** What the panel shows, one per row: a line, or the heading of an attempt when there were several. */
export type LogRow = { attempt: number; line?: undefined } | { attempt: number; line: TaskLogLine };

const RANK: Record<LogLevel, number> = { info: 0, warn: 1, error: 2 };
const LEAST: Record<LevelFilter, number> = { all: 0, warn: 1, error: 2 };

/** The lines of at least the chosen level, with a heading before each attempt where there is more than one. */
export function toRows(lines: readonly TaskLogLine[], level: LevelFilter): LogRow[] {
  const several = lines.length > 0 && lines[0]?.attempt !== lines.at(-1)?.attempt;
  const rows: LogRow[] = [];
  let attempt: number | undefined;
  for (const line of lines) {
    if (RANK[line.level] < LEAST[level]) continue;
    if (several && line.attempt !== attempt) rows.push({ attempt: line.attempt });
    attempt = line.attempt;
    rows.push({ attempt: line.attempt, line });
  }
  return rows;
}

/** Indexes of the rows whose line contains the text, without regard to case. */
export function findRows(rows: readonly LogRow[], text: string): number[] {
  const wanted = text.toLowerCase();
  if (wanted === '') return [];
  const found: number[] = [];
  rows.forEach((row, index) => {
    if (row.line?.message.toLowerCase().includes(wanted)) found.push(index);
  });
  return found;
}

/** A message cut at the matches of a text: every second part, from the second on, is one. */
export function splitAtMatches(message: string, text: string): string[] {
  const wanted = text.toLowerCase();
  if (wanted === '') return [message];
  const lower = message.toLowerCase();
  // Lower-casing changes the length of a few letters; positions would not fit then.
  if (lower.length !== message.length) return [message];
  const parts: string[] = [];
  let from = 0;
  for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, from)) {
    parts.push(message.slice(from, at), message.slice(at, at + wanted.length));
    from = at + wanted.length;
  }
  parts.push(message.slice(from));
  return parts;
}

/** The index in `found` to go to from `current` (-1: from none), around the ends. */
export function step(found: readonly number[], current: number, by: 1 | -1) {
  if (found.length === 0) return -1;
  if (current < 0) return by === 1 ? 0 : found.length - 1;
  return (current + by + found.length) % found.length;
}

export function toText(rows: readonly LogRow[]) {
  return rows.map(({ line, attempt }) => (line ? `${line.timestamp} ${line.level.padEnd(5)} ${line.message}` : `--- ${attempt} ---`)).join('\n');
}
