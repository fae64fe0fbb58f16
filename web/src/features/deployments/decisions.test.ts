import { describe, expect, it } from 'vitest';
import type { Deployment } from '~/lib/api-types';
import { aDeployment, aTask, at } from '~/lib/testing/samples';
import { decisionsOf, mayDecide } from './decisions';
import { graphChanges } from './graph-changes';

const approval = (by: string, graphVersion = 1) => ({ by, at: at(1), graphVersion });
const rule = (over: Partial<NonNullable<Deployment['confirm']>>, groupMembers?: Deployment['groupMembers']) =>
  aDeployment({ confirm: { approvals: 1, allowAuthor: true, onExpiry: 'reject', ...over }, groupMembers });

describe('what waits for a person', () => {
  const waiting = aTask({ status: 'waiting_confirm', approvals: [approval('ada'), approval('bob', 2)] });

  it('counts the approvals of the graph as it is', () => {
    const [decision] = decisionsOf(aDeployment({ graphVersion: 2, confirm: { approvals: 3, allowAuthor: true }, tasks: [waiting] }));
    expect(decision).toMatchObject({ needed: 3, approvals: [{ by: 'bob' }], asks: false });
  });

  it('is a question when the task has run', () => {
    expect(decisionsOf(aDeployment({ tasks: [{ ...waiting, startedAt: at(1), result: { verdict: 'Too few.' } }] }))[0]?.asks).toBe(true);
  });

  it('is nothing before the start and after the end', () => {
    for (const status of ['pending', 'failed', 'cancelled'] as const) expect(decisionsOf(aDeployment({ status, tasks: [waiting] }))).toEqual([]);
  });
});

describe('who may confirm', () => {
  const nobody = { confirm: false, reject: false, why: 'others' };
  const everything = { confirm: true, reject: true };

  it.each([
    ['approvers where there is no rule', aDeployment(), 'approver', everything],
    ['nobody below where there is no rule', aDeployment(), 'developer', nobody],
    ['who has a higher role than asked for', rule({ roles: ['approver'] }), 'admin', everything],
    ['who is named', rule({ users: ['ada'] }), 'developer', everything],
    ['not who is named and only looks', rule({ users: ['ada'] }), 'viewer', nobody],
    ['not an approver where others are named', rule({ users: ['bob'] }), 'approver', nobody],
    ['who is in a group that is named', rule({ users: ['bob'], groups: ['ops', 'leads'] }, { ops: ['bob'], leads: ['ada'] }), 'developer', everything],
    ['not an approver who is in no group that is named', rule({ groups: ['ops'] }, { ops: ['bob'] }), 'approver', nobody],
  ] as const)('%s', (_, deployment, role, say) => {
    expect(mayDecide(deployment, [], { name: 'ada' }, role)).toEqual(say);
  });

  it('is not the author where the rule says so, who may still refuse', () => {
    expect(mayDecide({ ...rule({ allowAuthor: false }), createdBy: 'ada' }, [], { name: 'ada' }, 'approver')).toEqual({ confirm: false, reject: true, why: 'author' });
  });

  it('is each person once', () => {
    expect(mayDecide(rule({ approvals: 2 }), [approval('ada')], { name: 'ada' }, 'approver')).toEqual({ confirm: false, reject: true, why: 'already' });
  });
});

describe('an edited graph', () => {
  it('is shown with what is new, different and gone, whatever its tasks have done since', () => {
    const [build, deploy, check] = [aTask({ id: 'build', order: 1 }), aTask({ id: 'deploy', order: 2 }), aTask({ id: 'check', order: 4 })];
    const lines = graphChanges([build, deploy, check], [{ ...deploy, name: 'Deploy it' }, aTask({ id: 'test', order: 3 }), { ...build, status: 'success', updatedAt: at(9) }]);
    expect(lines.map(({ task, change }) => [task.id, change])).toEqual([
      ['build', undefined],
      ['deploy', 'changed'],
      ['test', 'added'],
      ['check', 'removed'],
    ]);
  });
});
