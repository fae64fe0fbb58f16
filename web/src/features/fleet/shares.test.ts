import { expect, it } from 'vitest';
import { shares } from './shares';

const target = (instanceId: string, weight: number) => ({ instanceId, weight, address: 'http://localhost' });

it('gives each target its share of the traffic, the largest first', () => {
  expect(shares([target('new', 100), target('old', 900)])).toEqual([
    { instanceId: 'old', share: 0.9 },
    { instanceId: 'new', share: 0.1 },
  ]);
});

it('gives nothing to anybody when no target has weight', () => {
  expect(shares([target('a', 0)])).toEqual([{ instanceId: 'a', share: 0 }]);
});
