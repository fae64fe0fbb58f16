import type { DeployStep } from '~/lib/api-types';

/** A strategy as somebody types it. */
export interface StrategyInput {
  kind: 'atOnce' | 'canary' | 'rolling';
  /** Per cent of the traffic, step by step: '10, 50'. */
  shares: string;
  /** Instances at a time. */
  size: string;
  /** Seconds that a canary is watched, or between batches. */
  seconds: string;
}

export const AT_ONCE: StrategyInput = { kind: 'atOnce', shares: '25', size: '1', seconds: '60' };

export interface StrategyRead {
  /** Undefined for all at once, which is what no strategy is. */
  strategy?: DeployStep[];
  wrong?: 'shares' | 'size' | 'seconds';
}

const MAX_SECONDS = 86_400;

export function readStrategy({ kind, ...typed }: StrategyInput): StrategyRead {
  if (kind === 'atOnce') return {};
  const seconds = whole(typed.seconds);
  if (kind === 'rolling') {
    const size = whole(typed.size);
    if (size === undefined || size < 1 || size > 1000) return { wrong: 'size' };
    return seconds === undefined ? { wrong: 'seconds' } : { strategy: [{ batchSize: size, batchInterval: seconds, canaryRatio: 0, autoRollback: true }] };
  }
  const shares = typed.shares.split(/[,，、\s]+/).filter(Boolean).map((text) => Number(text.replace(/[%％]$/, '')));
  if (shares.length === 0 || shares.some((share, index) => !(share > (shares[index - 1] ?? 0) && share < 100))) return { wrong: 'shares' };
  return seconds === undefined ? { wrong: 'seconds' } : { strategy: shares.map((share) => ({ batchSize: 0, batchInterval: seconds, canaryRatio: share / 100, autoRollback: true })) };
}

function whole(text: string) {
  const value = /^\s*\d{1,5}\s*$/.test(text) ? Number(text) : undefined;
  return value !== undefined && value <= MAX_SECONDS ? value : undefined;
}
