import { describe, expect, it } from 'vitest';
import { AT_ONCE, readStrategy } from './strategy-input';

const canary = (shares: string, seconds = '60') => readStrategy({ ...AT_ONCE, kind: 'canary', shares, seconds });
const rolling = (size: string, seconds = '0') => readStrategy({ ...AT_ONCE, kind: 'rolling', size, seconds });

describe('a strategy that is typed', () => {
  it('is none for all at once', () => {
    expect(readStrategy(AT_ONCE)).toEqual({});
  });

  it('has a canary step for each share, which the rest follows', () => {
    expect(canary('10, 50%').strategy).toEqual([
      { batchSize: 0, batchInterval: 60, canaryRatio: 0.1, autoRollback: true },
      { batchSize: 0, batchInterval: 60, canaryRatio: 0.5, autoRollback: true },
    ]);
  });

  it('rolls so many at a time, with a pause', () => {
    expect(rolling('2', '30').strategy).toEqual([{ batchSize: 2, batchInterval: 30, canaryRatio: 0, autoRollback: true }]);
  });

  it.each(['', '0', '100', '50, 10', '10, 10', 'x', '-5'])('has no canary shares of “%s”', (shares) => {
    expect(canary(shares)).toEqual({ wrong: 'shares' });
  });

  it('says which number cannot be', () => {
    expect(rolling('0')).toEqual({ wrong: 'size' });
    expect(rolling('1', '86401')).toEqual({ wrong: 'seconds' });
    expect(canary('10', 'soon')).toEqual({ wrong: 'seconds' });
  });
});
