import { describe, expect, it } from 'vitest';
import { aTask } from '~/lib/testing/samples';
import { summaryOf } from './roll-out';

const first = aTask({ id: 'hello-deploy', type: 'deploy', payload: { step: 1, steps: 3, instances: 1, of: 4, share: 0.1, retires: false } });
const second = aTask({ id: 'hello-deploy-2', type: 'deploy', payload: { step: 2, steps: 3, instances: 2, of: 4, retires: true } });
const other = aTask({ id: 'shop-deploy', type: 'deploy', appId: 'shop', payload: { step: 1, steps: 2, instances: 3, of: 4, share: 0.75, retires: false } });

describe('a step of a roll-out', () => {
  it('begins where the one before it, of the same app, ends', () => {
    expect(summaryOf(first, [other, first, second])).toEqual({ kind: 'plan', starts: 1, instances: 1, of: 4, retires: false, before: 0, share: 0.1 });
    expect(summaryOf(second, [other, first, second])).toEqual({ kind: 'plan', starts: 1, instances: 2, of: 4, retires: true, before: 0.1, share: 0.5 });
  });

  it('tells what it did once it is done', () => {
    const result = { routeVersion: 3, instances: [{}, {}], started: ['hello-1'], stopped: [], shareBefore: 0.1, share: 0.5 };
    expect(summaryOf({ ...second, status: 'success', result }, [first, second])).toEqual({ kind: 'done', started: ['hello-1'], stopped: [], instances: 2, before: 0.1, share: 0.5 });
  });

  it('that failed promises nothing any more', () => {
    expect(summaryOf({ ...second, status: 'failed' }, [first, second])).toBeUndefined();
  });

  it('says nothing of what was written by hand and has another shape', () => {
    for (const payload of [undefined, null, 'x', [], { step: 1 }, { step: 1, instances: 1, of: 0 }]) expect(summaryOf({ ...first, payload }, [first])).toBeUndefined();
    for (const result of [null, { instances: 2 }, { enough: true, new: {}, old: {} }]) expect(summaryOf({ ...first, status: 'success', result }, [first])).toBeUndefined();
  });
});

describe('the watch over a canary', () => {
  const watch = aTask({ type: 'custom', payload: { seconds: 300, policy: { minRequests: 50, tooFew: 'ask' } } });

  it('says how long it takes and how many requests it needs', () => {
    expect(summaryOf(watch, [watch])).toEqual({ kind: 'watch', seconds: 300, minRequests: 50 });
  });

  it('gives its figures, also while it asks a person', () => {
    const result = { verdict: 'Too little traffic to tell.', enough: false, seconds: 300, new: { requests: 3, errors: 0, p95Milliseconds: 5 }, old: { requests: 8, errors: 1 } };
    expect(summaryOf({ ...watch, status: 'waiting_confirm', result }, [watch])).toEqual({
      kind: 'watched',
      enough: false,
      needed: 50,
      new: { requests: 3, errors: 0, p95Milliseconds: 5 },
      old: { requests: 8, errors: 1, p95Milliseconds: undefined },
    });
  });
});
