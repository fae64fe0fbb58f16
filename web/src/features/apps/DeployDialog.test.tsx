import { screen, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import type { App } from '~/lib/api-types';
import { fakeApi, problem } from '~/lib/testing/fake-api';
import { renderRoutes } from '~/lib/testing/render-page';
import { aDeployment, aTask, at } from '~/lib/testing/samples';
import { DeployDialog } from './DeployDialog';

const app: App = {
  id: 'hello',
  name: 'Hello',
  project: 'default',
  owner: 'mira',
  source: { embedded: true, ref: 'main', dockerfilePath: 'Dockerfile', buildContext: '.', submodules: false },
  containerPort: 3000,
  healthCheck: { path: '/', startSeconds: 60, timeoutSeconds: 5, successes: 1, intervalMilliseconds: 250 },
  replicas: 1,
  limits: { memoryMb: 512, cpus: 0, processes: 512 },
  variables: {},
  secrets: [],
  endpoints: [],
  createdAt: at(0),
  updatedAt: at(0),
  stickySessions: false,
};

it('deploys once however often it is sent, and what was changed in between is another request', async () => {
  const answers = [problem(503, 'storage_unavailable'), problem(503, 'storage_unavailable'), { id: 'dep-9', deployments: [] }];
  const asked = fakeApi({ 'POST /api/v1/deployments': () => answers.shift() });
  const { user, router } = renderRoutes([{ path: '*', element: <DeployDialog app={app} onClose={() => undefined} /> }], '/apps/hello');
  const deploy = await screen.findByRole('button', { name: 'Deploy' });
  await user.click(deploy);
  await screen.findByRole('alert');
  await user.click(deploy);
  await screen.findByRole('alert');
  await user.type(screen.getByLabelText('Branch, tag or commit'), 'v2');
  await user.click(deploy);
  await expect.poll(() => router.state.location.pathname).toBe('/deployments/dep-9');

  const posts = asked.filter(({ method }) => method === 'POST');
  const keys = posts.map(({ headers }) => headers.get('Idempotency-Key'));
  expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
  expect(keys[1]).toBe(keys[0]);
  expect(keys[2]).not.toBe(keys[0]);
  expect(posts.map(({ body }) => body)).toEqual([{ applicationIds: ['hello'] }, { applicationIds: ['hello'] }, { applicationIds: ['hello'], ref: 'v2' }]);
});

it('shows what a strategy would do before it is deployed', async () => {
  const planned = [
    aTask({ id: 'build', status: 'pending' }),
    aTask({ id: 'deploy', type: 'deploy', order: 2, requireConfirm: true, payload: { step: 1, steps: 2, instances: 1, of: 4, share: 0.25, retires: false } }),
    aTask({ id: 'watch', type: 'custom', order: 3, payload: { seconds: 300, policy: { minRequests: 50 } } }),
  ];
  const asked = fakeApi({ 'POST /api/v1/deployments': ({ query }) => (query.get('dryRun') ? { deployments: [aDeployment({ tasks: planned })], changes: [], refusals: [{ code: 'active_deployment', message: 'Another one is active.', advice: 'Wait for it.' }] } : { id: 'dep-9', deployments: [] }) });
  const { user, router } = renderRoutes([{ path: '*', element: <DeployDialog app={app} onClose={() => undefined} /> }], '/apps/hello');
  await user.click(await screen.findByRole('radio', { name: 'Canary' }));
  await user.click(screen.getByRole('checkbox', { name: 'A person approves each step' }));
  const plan = await screen.findByRole('region', { name: 'What will happen' });
  expect((await within(plan).findAllByRole('listitem')).map((item) => item.textContent)).toEqual(['Build', 'Deploy 1 of 4, 25% of the trafficneeds approval', 'Compare with the old version for 5m']);
  expect(plan).toHaveTextContent('Another one is active. Wait for it.');
  await user.click(screen.getByRole('checkbox', { name: /^Wait its turn/ }));
  await user.click(screen.getByRole('button', { name: 'Deploy' }));
  await expect.poll(() => router.state.location.pathname).toBe('/deployments/dep-9');
  const last = asked.filter(({ method }) => method === 'POST').at(-1);
  expect(last?.body).toEqual({ applicationIds: ['hello'], strategy: [{ batchSize: 0, batchInterval: 60, canaryRatio: 0.25, autoRollback: true }], manualApproval: true, onConflict: 'queue' });
});
