import type { DeployStep } from '~/lib/api-types';

export type StrategyStep = { kind: 'blueGreen' } | { kind: 'everything' } | { kind: 'canary'; ratio: number } | { kind: 'rolling'; size: number };

/** What each step of a strategy is; without steps it is one blue-green step. */
export function strategySteps(strategy: DeployStep[]): StrategyStep[] {
  if (strategy.length === 0) return [{ kind: 'blueGreen' }];
  return strategy.map((step) => {
    if (step.canaryRatio >= 1) return { kind: 'everything' };
    if (step.canaryRatio > 0) return { kind: 'canary', ratio: step.canaryRatio };
    return step.batchSize > 0 ? { kind: 'rolling', size: step.batchSize } : { kind: 'blueGreen' };
  });
}
