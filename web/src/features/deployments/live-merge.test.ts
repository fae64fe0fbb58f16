import { describe, expect, it } from 'vitest';
import type { Deployment } from '~/lib/api-types';
import { aDeployment, aTask, at } from '~/lib/testing/samples';
import { appendEvent, mergeDeployment, mergeIntoPages } from './live-merge';

describe('merging a live message into a deployment', () => {
  const known = aDeployment({ tasks: [aTask({ id: 'a' }), aTask({ id: 'b' })] });

  it('changes the tasks that it carries and keeps the others', () => {
    const merged = mergeDeployment(known, aDeployment({ progress: 60, updatedAt: at(5), tasks: [aTask({ id: 'b', status: 'running', updatedAt: at(5) })] }));
    expect(merged.progress).toBe(60);
    expect(merged.tasks.map(({ id, status }) => [id, status])).toEqual([['a', 'pending'], ['b', 'running']]);
    expect(merged.tasks[0]).toBe(known.tasks[0]);
  });

  it('adds tasks that are new, as a roll-back makes them', () => {
    const merged = mergeDeployment(known, aDeployment({ updatedAt: at(5), tasks: [aTask({ id: 'undo', updatedAt: at(5) })] }));
    expect(merged.tasks.map(({ id }) => id)).toEqual(['a', 'b', 'undo']);
  });

  it('drops a value that the message no longer has', () => {
    const waiting = aDeployment({ waitingFor: 'a runner' });
    expect(mergeDeployment(waiting, aDeployment({ updatedAt: at(5) })).waitingFor).toBeUndefined();
  });

  it('is not set back by a message that was overtaken', () => {
    const newer = aDeployment({ status: 'success', updatedAt: at(9), tasks: [aTask({ status: 'success', updatedAt: at(9) })] });
    expect(mergeDeployment(newer, aDeployment({ updatedAt: at(5), tasks: [aTask({ status: 'running', updatedAt: at(5) })] }))).toBe(newer);
  });
});

describe('merging a live message into a list', () => {
  const older = aDeployment({ id: 'older', createdAt: at(-100) });
  const page = (...items: Deployment[]) => [{ items }];

  it('changes the row in place, without its tasks', () => {
    const pages = page(aDeployment(), older);
    const merged = mergeIntoPages(pages, {}, aDeployment({ progress: 80, updatedAt: at(5), tasks: [aTask()] }));
    expect(merged).toEqual(page(aDeployment({ progress: 80, updatedAt: at(5) }), older));
  });

  it('puts a new deployment on top', () => {
    const created = aDeployment({ id: 'new', createdAt: at(10) });
    expect(mergeIntoPages(page(older), {}, created)).toEqual(page(created, older));
  });

  it('takes out a row that the filter no longer matches', () => {
    expect(mergeIntoPages(page(aDeployment(), older), { status: 'running' }, aDeployment({ status: 'success', updatedAt: at(5) }))).toEqual(page(older));
  });

  it('leaves out what does not match', () => {
    const pages = page(older);
    expect(mergeIntoPages(pages, { environment: 'staging' }, aDeployment({ id: 'new', createdAt: at(10) }))).toBe(pages);
  });

  it('asks the server where it alone knows', () => {
    expect(mergeIntoPages(page(older), { q: 'checkout' }, aDeployment({ id: 'new', createdAt: at(10) }))).toBe('ask');
    expect(mergeIntoPages(page(aDeployment()), { status: 'failed' }, aDeployment({ id: 'x', status: 'failed', createdAt: at(-500) }))).toBe('ask');
  });

  it('does not invent rows of pages that are not loaded', () => {
    const pages = page(aDeployment());
    expect(mergeIntoPages(pages, {}, aDeployment({ id: 'x', createdAt: at(-500) }))).toBe(pages);
  });
});

it('keeps the history in order and without doubles', () => {
  const event = (sequence: number) => ({ sequence, version: 1, name: 'run.status.1', at: at(sequence), actor: 'engine', data: {} });
  const known = [event(1), event(3)];
  expect(appendEvent(known, event(4)).map(({ sequence }) => sequence)).toEqual([1, 3, 4]);
  expect(appendEvent(known, event(2)).map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
  expect(appendEvent(known, event(3))).toBe(known);
});
