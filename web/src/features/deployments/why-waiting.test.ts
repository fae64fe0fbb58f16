import i18next from 'i18next';
import { describe, expect, it } from 'vitest';
import { aDeployment, aTask } from '~/lib/testing/samples';
import { whyWaiting } from './why-waiting';

const build = aTask({ id: 'build', name: 'build', status: 'running' });
const why = (over: Parameters<typeof aTask>[0], of: Parameters<typeof aDeployment>[0] = {}) => {
  const task = aTask({ id: 'deploy', name: 'deploy', order: 2, waitingFor: 'As the server says.', ...over });
  return whyWaiting(aDeployment({ tasks: [build, task], ...of }), task, i18next.t);
};

describe('why a task waits', () => {
  it('names the tasks that it waits for', () => {
    expect(why({ status: 'blocked', blockBy: 'build' })).toBe('Waits for “build” (Running).');
  });

  it('names how many people it needs and has', () => {
    const task = aTask({ id: 'deploy', status: 'waiting_confirm' });
    expect(whyWaiting(aDeployment({ confirm: { approvals: 2, allowAuthor: true }, tasks: [task] }), task, i18next.t)).toBe('Waits for 2 people to approve it; 0 have.');
  });

  it('is as the server says where only the server knows', () => {
    expect(why({ status: 'pending' })).toBe('As the server says.');
    expect(why({ status: 'blocked', blockBy: 'build,something-else' })).toBe('As the server says.');
  });

  it('is said once, and not of each task, before the start', () => {
    expect(why({ status: 'blocked', blockBy: 'build' }, { status: 'pending' })).toBeUndefined();
  });
});
