import { describe, expect, it } from 'vitest';
import { aLine } from '~/lib/testing/samples';
import { cleanMessage } from './clean-message';
import { findRows, splitAtMatches, step, toRows, toText } from './log-rows';

const lines = [aLine(1), aLine(2, { level: 'warn', message: 'Careful' }), aLine(3, { level: 'error', message: 'It broke' })];

describe('the rows of a log', () => {
  it.each([
    ['all', [1, 2, 3]],
    ['warn', [2, 3]],
    ['error', [3]],
  ] as const)('with the filter %s are those of at least that level', (level, sequences) => {
    expect(toRows(lines, level).map(({ line }) => line?.sequence)).toEqual(sequences);
  });

  it('are headed by their attempt when there were several', () => {
    const rows = toRows([aLine(1), aLine(2, { attempt: 2 })], 'all');
    expect(rows.map(({ line, attempt }) => line?.sequence ?? `attempt ${attempt}`)).toEqual(['attempt 1', 1, 'attempt 2', 2]);
  });

  it('are copied with time and level', () => {
    expect(toText(toRows(lines, 'error'))).toBe('2026-11-04T12:00:03.000Z error It broke');
  });
});

describe('searching', () => {
  it('does not regard case', () => {
    expect(findRows(toRows(lines, 'all'), 'CARE')).toEqual([1]);
    expect(splitAtMatches('Care, careful care', 'care')).toEqual(['', 'Care', ', ', 'care', 'ful ', 'care', '']);
  });

  it('takes the text as it is, not as a pattern', () => {
    expect(splitAtMatches('a.b axb', 'a.b')).toEqual(['', 'a.b', ' axb']);
  });

  it('goes around the ends', () => {
    expect(step([4, 8], -1, 1)).toBe(0);
    expect(step([4, 8], 1, 1)).toBe(0);
    expect(step([4, 8], 0, -1)).toBe(1);
    expect(step([], 0, 1)).toBe(-1);
  });
});

describe('a line for reading', () => {
  it.each([
    ['\u001b[32m✓\u001b[0m done', '✓ done'],
    ['10 %\r50 %\r100 %', '100 %'],
    ['ends in CR LF\r\n', 'ends in CR LF'],
    ['\u001b]0;title\u0007text\u0000', 'text'],
    ['tab\tstays', 'tab\tstays'],
  ])('%j becomes %j', (message, clean) => {
    expect(cleanMessage(message)).toBe(clean);
  });
});
