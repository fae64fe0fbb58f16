import { describe, expect, it } from 'vitest';
import { at } from './testing/samples';
import { elapsed, formatDuration, formatRelative } from './time';

const now = Date.parse(at(0));
const before = (seconds: number) => new Date(now - seconds * 1000).toISOString();

describe('relative times', () => {
  it.each([
    [3, 'now'],
    [42, '42 seconds ago'],
    [119, '1 minute ago'],
    [7200, '2 hours ago'],
    [86_400, 'yesterday'],
    [-90, 'in 1 minute'],
  ])('%i seconds before now is "%s"', (seconds, text) => {
    expect(formatRelative(before(seconds), now, 'en')).toBe(text);
  });

  it('follow the language', () => {
    expect(formatRelative(before(180), now, 'zh-CN')).toBe('3分钟前');
  });
});

describe('durations', () => {
  it.each([
    [0, '0s'],
    [0.42, '0.4s'],
    [12.7, '12s'],
    [60, '1m'],
    [192, '3m 12s'],
    [7500, '2h 5m'],
    [273_600, '3d 4h'],
  ])('%d s is "%s"', (seconds, text) => {
    expect(formatDuration(seconds, 'en')).toBe(text);
  });

  it('follow the language', () => {
    expect(formatDuration(192, 'zh-CN')).toBe('3分钟 12秒');
  });

  it('tick while something runs, and are what the server says afterwards', () => {
    expect(elapsed({ startedAt: before(65) }, now)).toBe(65);
    expect(elapsed({ startedAt: before(65), completedAt: before(5), duration: 59.8 }, now)).toBe(59.8);
    expect(elapsed({}, now)).toBeUndefined();
  });

  it('are never negative when clocks differ', () => {
    expect(elapsed({ startedAt: before(-20) }, now)).toBe(0);
  });
});
