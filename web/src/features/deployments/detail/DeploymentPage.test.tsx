import { screen, within } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { applyLive } from '~/features/live/apply-live';
import { onAnnounce } from '~/lib/announcer';
import type { Deployment } from '~/lib/api-types';
import { fakeApi, problem } from '~/lib/testing/fake-api';
import { renderRoutes } from '~/lib/testing/render-page';
import { aDeployment, aTask, at } from '~/lib/testing/samples';
import { DeploymentPage } from './DeploymentPage';

const routes = [
  { path: '/deployments/:id', element: <DeploymentPage /> },
  { path: '/deployments/:id/:tab', element: <DeploymentPage /> },
];

function open(deployment: Deployment, answers: Parameters<typeof fakeApi>[0] = {}, address = '/deployments/dep-1') {
  const asked = fakeApi({
    'GET /api/v1/deployments/dep-1': () => deployment,
    'GET /api/v1/deployments/dep-1/tasks/task-1/logs': () => ({ taskId: 'task-1', logs: [] }),
    ...answers,
  });
  return { asked, ...renderRoutes(routes, address) };
}

describe('a deployment', () => {
  it('shows why each task is not further, and what to do about a failure', async () => {
    const failure = { code: 'app_wrong_port', message: 'The app listens on 8080.', advice: 'Set containerPort to 8080.' };
    open(aDeployment({ status: 'failed', tasks: [aTask({ status: 'failed', startedAt: at(1), completedAt: at(9), duration: 8, failure }), aTask({ id: 'task-2', name: 'Deploy', type: 'deploy', order: 2, status: 'blocked', waitingFor: 'Waits for Build.' })] }));
    const [build, deploy] = within(await screen.findByRole('region', { name: 'Tasks of Hello' })).getAllByRole('listitem');
    expect(build).toHaveTextContent(/Build.*8s.*Failed.*The app listens on 8080\..*Set containerPort to 8080\..*app_wrong_port/);
    expect(deploy).toHaveTextContent(/Deploy.*Blocked.*Waits for Build\./);
  });

  it('follows the live feed task by task, and says it to a screen reader', async () => {
    const heard: string[] = [];
    const stop = onAnnounce((message) => heard.push(message));
    const { queries } = open(aDeployment({ tasks: [aTask({ status: 'running', startedAt: at(1) })] }));
    const tasks = await screen.findByRole('region', { name: 'Tasks of Hello' });
    applyLive(queries, { type: 'event', sequence: 9, deployment: aDeployment({ status: 'success', progress: 100, updatedAt: at(9), tasks: [aTask({ status: 'success', updatedAt: at(9) })] }) });
    await vi.waitFor(() => {
      expect(within(tasks).getByRole('listitem')).toHaveTextContent('Succeeded');
      expect(heard).toEqual(['Build is now: Succeeded.', 'Deployment is now: Succeeded.']);
    });
    stop();
  });

  it('offers only what its state allows', async () => {
    open(aDeployment({ status: 'failed', completedAt: at(9) }));
    const actions = within(await screen.findByRole('group', { name: 'Actions' })).getAllByRole('button');
    expect(actions.map((button) => button.textContent)).toEqual(['Roll back', 'Resume']);
  });

  it('asks before it acts, sends the reason, and keeps the dialog open with the problem', async () => {
    let tries = 0;
    const { asked, user } = open(aDeployment({ status: 'failed', completedAt: at(9) }), {
      'POST /api/v1/deployments/dep-1/resume': () => (tries++ === 0 ? problem(409, 'active_deployment', { title: 'Another deployment is active', advice: 'Wait for it to end.' }) : { id: 'dep-2', deployments: [] }),
    });
    await user.click(await screen.findByRole('button', { name: 'Resume' }));
    const dialog = await screen.findByRole('dialog', { name: 'Resume from the failed task?' });
    await user.type(within(dialog).getByLabelText('Reason'), 'Disk was full');
    await user.click(within(dialog).getByRole('button', { name: 'Resume' }));
    expect(await within(dialog).findByRole('alert')).toHaveTextContent(/Another deployment is active.*Wait for it to end\..*active_deployment/);
    expect(asked.find(({ method }) => method === 'POST')?.body).toEqual({ reason: 'Disk was full' });
  });

  it('goes to the deployment that a roll-back of a success makes', async () => {
    const { user, router } = open(aDeployment({ status: 'success' }), {
      'POST /api/v1/deployments/dep-1/rollback': () => ({ id: 'dep-2', deployments: [] }),
      'GET /api/v1/deployments/dep-2': () => aDeployment({ id: 'dep-2', version: 'v0.9.0' }),
    });
    await user.click(await screen.findByRole('button', { name: 'Roll back' }));
    const dialog = await screen.findByRole('dialog');
    expect(dialog).toHaveTextContent('without a rebuild');
    await user.click(within(dialog).getByRole('button', { name: 'Roll back' }));
    await vi.waitFor(() => {
      expect(router.state.location.pathname).toBe('/deployments/dep-2');
    });
  });

  it('tells its history', async () => {
    open(
      aDeployment({ tasks: [aTask()] }),
      { 'GET /api/v1/deployments/dep-1/events': () => ({ items: [{ sequence: 3, version: 1, name: 'task.claimed.1', at: at(1), actor: 'runner-a', data: { task: 'task-1', runner: 'runner-a', attempt: 1 } }] }) },
      '/deployments/dep-1/history',
    );
    expect(await screen.findByText('hello / Build: taken by runner-a, attempt 1')).toBeInTheDocument();
  });

  it('that does not exist is said to be not there', async () => {
    open(aDeployment(), { 'GET /api/v1/deployments/dep-1': () => problem(404, 'not_found') });
    expect(await screen.findByRole('heading', { name: 'There is nothing here' })).toBeInTheDocument();
  });
});
