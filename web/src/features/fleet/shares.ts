import type { RouteTarget } from '~/lib/api-types';

/** Each target's share of the traffic, 0–1, the largest first. */
export function shares(targets: RouteTarget[]) {
  const total = targets.reduce((sum, { weight }) => sum + weight, 0);
  return targets.map(({ instanceId, weight }) => ({ instanceId, share: total > 0 ? weight / total : 0 })).sort((a, b) => b.share - a.share);
}
