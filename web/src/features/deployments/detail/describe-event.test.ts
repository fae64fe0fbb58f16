import { describe, expect, it } from 'vitest';
import { aTask, at } from '~/lib/testing/samples';
import { describeEvent } from './describe-event';

const tell = (name: string, data: unknown) => describeEvent({ sequence: 1, version: 1, name, at: at(0), actor: 'engine', data }, [aTask({ id: 't', name: 'Build', appId: 'hello' })]);

describe('telling an event', () => {
  it('names the task and who took it', () => {
    expect(tell('task.claimed.1', { task: 't', runner: 'runner-a', attempt: 2 })).toEqual({ kind: 'claimed', status: 'running', task: 'hello / Build', runner: 'runner-a', attempt: 2 });
  });

  it('tells a failed attempt that is tried again from a failure for good', () => {
    const failure = { code: 'runner_lost', message: 'Not heard of for 30 s.' };
    expect(tell('task.attempt_failed.1', { task: 't', failure, retryAt: at(9) })).toMatchObject({ kind: 'attemptFailed', detail: failure.message });
    expect(tell('task.attempt_failed.1', { task: 't', failure })).toMatchObject({ kind: 'taskFailed', status: 'failed' });
  });

  it('reads the status as the engine writes it', () => {
    expect(tell('run.status.1', { to: 'WaitingConfirm', reason: 'approval' })).toEqual({ kind: 'status', status: 'waiting_confirm', to: 'waiting_confirm', detail: 'approval' });
  });

  it('counts the tasks of an edited graph', () => {
    expect(tell('run.graph_edited.1', { by: 'eve', tasks: [{}, {}] })).toEqual({ kind: 'graphEdited', status: 'pending', count: 2 });
  });

  it('tells who approved among others, what a task asks, and why it was held', () => {
    expect(tell('task.approved.1', { task: 't', by: 'ada', reason: 'read it' })).toMatchObject({ kind: 'approved', detail: 'read it' });
    expect(tell('task.questioned.1', { task: 't', question: 'Too few requests.' })).toMatchObject({ kind: 'questioned', detail: 'Too few requests.' });
    expect(tell('task.held.1', { task: 't', until: at(9), reason: 'Frozen.' })).toMatchObject({ kind: 'held', detail: 'Frozen.' });
    expect(tell('task.held.1', { task: 't' })).toMatchObject({ kind: 'released', detail: undefined });
  });

  it('does not stumble over an event that it does not know, or one without data', () => {
    expect(tell('run.hibernated.3', undefined).kind).toBe('other');
    expect(tell('task.succeeded.1', undefined).kind).toBe('succeeded');
  });
});
