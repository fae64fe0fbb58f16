import { screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { Deployment } from '~/lib/api-types';
import { fakeApi, problem } from '~/lib/testing/fake-api';
import { renderPage } from '~/lib/testing/render-page';
import { aDeployment, aTask, at } from '~/lib/testing/samples';
import { useQuery } from '@tanstack/react-query';
import { deploymentQuery } from '../queries';
import { Decisions } from './Decisions';

const waiting = aTask({ id: 'deploy', name: 'deploy 1 of 4', type: 'deploy', status: 'waiting_confirm', payload: { step: 1, steps: 2, instances: 1, of: 4, share: 0.25, retires: false } });

function Page() {
  const { data } = useQuery(deploymentQuery('dep-1'));
  return data ? <Decisions deployment={data} /> : null;
}

function open(first: Deployment, answers: Parameters<typeof fakeApi>[0] = {}) {
  const server = { deployment: first };
  const asked = fakeApi({
    'GET /api/v1/me': () => ({ id: 'u-1', name: 'ada', admin: false, projects: { shop: 'approver' } }),
    'GET /api/v1/environments': () => ({ items: [{ id: 'env-1', name: 'production', project: 'shop' }] }),
    'GET /api/v1/deployments/dep-1': () => server.deployment,
    'POST /api/v1/deployments/dep-1/tasks/deploy/confirm': ({ body }) => {
      const seen = (body as { graphVersion: number }).graphVersion;
      if (seen !== server.deployment.graphVersion) return problem(412, 'precondition_failed', { title: 'The graph was edited' });
      server.deployment = { ...server.deployment, status: 'running', updatedAt: at(9), tasks: [{ ...waiting, status: 'pending', updatedAt: at(9) }] };
      return server.deployment;
    },
    ...answers,
  });
  return { server, posted: () => asked.filter(({ method }) => method === 'POST').map(({ body }) => body), ...renderPage(<Page />) };
}

describe('a decision', () => {
  it('says what happens, who has approved and who may, and is gone when it is made', async () => {
    const approvals = [{ by: 'bob', at: at(1), reason: 'read it', graphVersion: 1 }];
    const { user, posted } = open(aDeployment({ status: 'waiting_confirm', confirm: { approvals: 2, allowAuthor: false }, tasks: [{ ...waiting, approvals }] }));
    const card = await screen.findByRole('region', { name: '1 task waits for a person' });
    expect(card).toHaveTextContent(/Starts 1 new instance\. 1 of 4 then run\..*0% → 25%.*1 of 2 have approved: bob.*read it.*May approve: an approver\. Not mira/);
    await user.click(await screen.findByRole('button', { name: 'Approve' }));
    const dialog = await screen.findByRole('dialog', { name: 'Approve “deploy 1 of 4”?' });
    await user.type(within(dialog).getByLabelText('Reason'), 'Me too');
    await user.click(within(dialog).getByRole('button', { name: 'Approve' }));
    await expect.poll(() => screen.queryByRole('button', { name: 'Approve' })).toBeNull();
    expect(posted()).toEqual([{ reason: 'Me too', graphVersion: 1 }]);
  });

  it('is asked again when the graph was edited meanwhile, with the new one in view', async () => {
    const { user, server, posted } = open(aDeployment({ status: 'waiting_confirm', tasks: [waiting] }));
    await user.click(await screen.findByRole('button', { name: 'Approve' }));
    const dialog = await screen.findByRole('dialog');
    server.deployment = { ...server.deployment, graphVersion: 2, updatedAt: at(5), tasks: [waiting, aTask({ id: 'smoke', name: 'smoke test', type: 'custom', status: 'blocked', order: 2 })] };
    await user.click(within(dialog).getByRole('button', { name: 'Approve' }));
    expect(await within(dialog).findByRole('alert')).toHaveTextContent(/The graph was edited.*smoke test.*new/);
    expect(within(dialog).queryByRole('button', { name: 'Approve' })).toBeNull();
    await user.click(within(dialog).getByRole('button', { name: 'Go on with this graph' }));
    await user.click(within(dialog).getByRole('button', { name: 'Approve' }));
    await expect.poll(() => screen.queryByRole('dialog')).toBeNull();
    expect(posted()).toEqual([{ graphVersion: 1 }, { graphVersion: 2 }]);
  });

  it('about several tasks is about those that were shown, and no other', async () => {
    const [shop, blog, late] = [{ ...waiting, id: 'shop' }, { ...waiting, id: 'blog' }, { ...waiting, id: 'late' }] as const;
    const made: string[] = [];
    const confirm = (id: string) => () => {
      made.push(id);
      return aDeployment({ status: 'waiting_confirm', updatedAt: at(9), tasks: [shop, blog, late].filter(({ id: each }) => !made.includes(each)) });
    };
    const { user, queries } = open(aDeployment({ status: 'waiting_confirm', tasks: [shop, blog] }), {
      'POST /api/v1/deployments/dep-1/tasks/shop/confirm': confirm('shop'),
      'POST /api/v1/deployments/dep-1/tasks/blog/confirm': confirm('blog'),
    });
    await user.click(await screen.findByRole('button', { name: 'Approve all 2' }));
    const dialog = await screen.findByRole('dialog', { name: 'Approve 2 tasks?' });
    queries.setQueryData(deploymentQuery('dep-1').queryKey, aDeployment({ status: 'waiting_confirm', tasks: [shop, blog, late] }));
    await user.click(within(dialog).getByRole('button', { name: 'Approve' }));
    await expect.poll(() => screen.queryByRole('dialog')).toBeNull();
    expect(made).toEqual(['shop', 'blog']);
  });

  it('says who is in a group that may make it', async () => {
    open(aDeployment({ status: 'waiting_confirm', confirm: { approvals: 1, users: ['zoe'], groups: ['ops', 'leads'], allowAuthor: true }, groupMembers: { ops: ['ada', 'bob'], leads: [] }, tasks: [waiting] }));
    expect(await screen.findByText('May approve: zoe, a member of the group ops (ada and bob), or a member of the group leads (nobody at present).')).toBeInTheDocument();
    expect(await screen.findByRole('button', { name: 'Approve' })).toBeInTheDocument();
  });

  it('is not offered to who may not make it, and says why', async () => {
    open(aDeployment({ status: 'waiting_confirm', confirm: { approvals: 1, users: ['bob'], allowAuthor: true }, tasks: [waiting] }));
    expect(await screen.findByText('You may not approve this.')).toBeInTheDocument();
    expect(screen.queryByRole('button')).toBeNull();
  });

  it('that somebody else made first is said to be made', async () => {
    const { user, queries } = open(aDeployment({ status: 'waiting_confirm', tasks: [waiting] }));
    await user.click(await screen.findByRole('button', { name: 'Reject' }));
    const dialog = await screen.findByRole('dialog');
    queries.setQueryData(deploymentQuery('dep-1').queryKey, aDeployment({ status: 'running', tasks: [{ ...waiting, status: 'running' }] }));
    expect(await within(dialog).findByRole('alert')).toHaveTextContent('Nothing waits here any more');
    expect(within(dialog).queryByRole('button', { name: 'Reject' })).toBeNull();
  });
});
