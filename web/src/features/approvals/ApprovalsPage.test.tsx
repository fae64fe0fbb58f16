import { screen, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import { fakeApi } from '~/lib/testing/fake-api';
import { renderPage } from '~/lib/testing/render-page';
import { aDeployment, aTask } from '~/lib/testing/samples';
import { ApprovalsPage } from './ApprovalsPage';

const waiting = (id: string, members: string[]) =>
  aDeployment({ id, version: `v-${id}`, status: 'waiting_confirm', confirm: { approvals: 1, groups: ['ops'], allowAuthor: true }, groupMembers: { ops: members }, tasks: [aTask({ deploymentId: id, name: 'deploy', status: 'waiting_confirm' })] });

it('offers what the reader may confirm, and lists what waits for others', async () => {
  const all = [waiting('dep-1', ['ada']), waiting('dep-2', ['bob'])];
  fakeApi({
    'GET /api/v1/me': () => ({ id: 'u-1', name: 'ada', admin: false, projects: { shop: 'developer' } }),
    'GET /api/v1/environments': () => ({ items: [{ id: 'env-1', name: 'production', project: 'shop' }] }),
    'GET /api/v1/deployments': ({ query }) => (query.get('status') === 'waiting_confirm' ? { items: all.map((each) => ({ ...each, tasks: [] })) } : undefined),
    'GET /api/v1/deployments/dep-1': () => all[0],
  });
  renderPage(<ApprovalsPage />);
  const mine = await screen.findByRole('region', { name: /v-dep-1 to production/ });
  expect(within(mine).getByRole('button', { name: 'Approve' })).toBeInTheDocument();
  const others = await screen.findByRole('region', { name: 'Waiting for others' });
  expect(within(others).getAllByRole('link').map((link) => link.getAttribute('href'))).toEqual(['/deployments/dep-2']);
});
