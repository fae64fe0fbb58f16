import { describe, expect, it } from 'vitest';
import { aDeployment, aTask, at } from '~/lib/testing/samples';
import { allowedActions } from './actions';
import { strategySteps } from './detail/strategy-steps';
import { readFilter, writeFilter } from './filter';
import { groupTasks, taskOfInterest } from './group-tasks';
import { toneOf } from './status';

describe('what may be done', () => {
  it.each([
    ['pending', ['start', 'cancel']],
    ['running', ['cancel']],
    ['waiting_confirm', ['rollback', 'cancel']],
    ['success', ['rollback']],
    ['failed', ['resume', 'rollback']],
    ['rolled_back', []],
    ['cancelled', []],
  ] as const)('in %s is %j', (status, actions) => {
    expect(allowedActions(aDeployment({ status, completedAt: at(9) }))).toEqual(actions);
  });

  it('is not starting, while it waits its turn', () => {
    expect(allowedActions(aDeployment({ status: 'pending', queuedBehind: ['dep-0'] }))).toEqual(['cancel']);
  });

  it('is nothing while a failed one takes back what it did', () => {
    expect(allowedActions(aDeployment({ status: 'failed' }))).toEqual([]);
  });

  it('is no going back from a move, which changed no version', () => {
    expect(allowedActions(aDeployment({ kind: 'move', status: 'success', completedAt: at(9) }))).toEqual([]);
    expect(allowedActions(aDeployment({ kind: 'move', status: 'failed', completedAt: at(9) }))).toEqual([]);
  });

  it('is nothing in a status of a newer server, which is shown as neutral', () => {
    expect(allowedActions(aDeployment({ status: 'paused' as never }))).toEqual([]);
    expect(toneOf('paused' as never)).toBe('neutral');
  });
});

describe('the filter in the address', () => {
  it('survives the way there and back', () => {
    const filter = { status: 'failed', app: 'hello', environment: 'staging', q: 'check out' } as const;
    expect(readFilter(writeFilter(filter))).toEqual(filter);
  });

  it('ignores a status that does not exist', () => {
    expect(readFilter(new URLSearchParams('status=nonsense')).status).toBeUndefined();
  });
});

describe('tasks', () => {
  it('stand by app in the order of the deployment, those without an app last', () => {
    const tasks = [aTask({ id: 'n', appId: undefined }), aTask({ id: 'b2', appId: 'b', order: 2 }), aTask({ id: 'b1', appId: 'b', status: 'success' }), aTask({ id: 'a', appId: 'a' })];
    expect(groupTasks(tasks, ['b', 'a']).map(({ appId, tasks: group, done }) => [appId, group.map(({ id }) => id), done])).toEqual([
      ['b', ['b1', 'b2'], 1],
      ['a', ['a'], 0],
      [undefined, ['n'], 0],
    ]);
  });

  it('that failed are of most interest, then what started last', () => {
    const older = aTask({ id: 'older', status: 'running', startedAt: at(1) });
    const newer = aTask({ id: 'newer', status: 'running', startedAt: at(9) });
    const failed = aTask({ id: 'failed', status: 'failed', order: 3 });
    expect(taskOfInterest([older, newer, failed])?.id).toBe('failed');
    expect(taskOfInterest([newer, older])?.id).toBe('newer');
  });

  it('that ended last are of interest when nothing runs', () => {
    const first = aTask({ id: 'first', status: 'success', completedAt: at(1) });
    const last = aTask({ id: 'last', status: 'success', completedAt: at(5) });
    expect(taskOfInterest([last, first])?.id).toBe('last');
  });

  it('that failed are of interest after they were rolled back too', () => {
    const failure = { code: 'health_check_failed', message: 'It answers 500.' };
    const failed = aTask({ id: 'failed', status: 'rolled_back', completedAt: at(1), failure });
    const undo = aTask({ id: 'undo', status: 'success', completedAt: at(5) });
    expect(taskOfInterest([undo, failed])?.id).toBe('failed');
  });
});

it('names the steps of a strategy', () => {
  const step = { batchSize: 0, batchInterval: 0, canaryRatio: 0, autoRollback: true };
  expect(strategySteps([])).toEqual([{ kind: 'blueGreen' }]);
  expect(strategySteps([{ ...step, batchSize: 1, canaryRatio: 0.1 }, { ...step, batchSize: 3 }])).toEqual([
    { kind: 'canary', ratio: 0.1 },
    { kind: 'rolling', size: 3 },
  ]);
});
