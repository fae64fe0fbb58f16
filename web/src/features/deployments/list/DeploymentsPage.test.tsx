import { screen, within } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import type { Deployment } from '~/lib/api-types';
import { applyLive } from '~/features/live/apply-live';
import { fakeApi } from '~/lib/testing/fake-api';
import { renderPage } from '~/lib/testing/render-page';
import { aDeployment, at } from '~/lib/testing/samples';
import { DeploymentsPage } from './DeploymentsPage';

function serve(...items: Deployment[]) {
  return fakeApi({
    'GET /api/v1/deployments': ({ query }) => (query.get('cursor') ? { items: [aDeployment({ id: 'older', version: 'v0.1.0' })] } : { items, next: items.length > 1 ? 'c2' : undefined }),
    'GET /api/v1/apps': () => ({ items: [] }),
    'GET /api/v1/environments': () => ({ items: [] }),
  });
}

async function rows() {
  const [, ...body] = within(await screen.findByRole('table')).getAllByRole('row');
  return body;
}

describe('the list of deployments', () => {
  it('shows status in words, what failed, and what is waited for', async () => {
    serve(aDeployment({ status: 'failed', errorMessage: 'The app exited.' }), aDeployment({ id: 'dep-2', status: 'waiting_confirm', waitingFor: 'A person has to approve.' }));
    renderPage(<DeploymentsPage />);
    const [failed, waiting] = await rows();
    expect(failed).toHaveTextContent(/Failed.*Hello.*v1\.0\.0.*The app exited\..*production.*mira/);
    expect(waiting).toHaveTextContent(/Waiting for approval.*A person has to approve\./);
    expect(screen.getAllByRole('progressbar')[1]).toHaveAttribute('aria-valuenow', '50');
  });

  it('changes live', async () => {
    serve(aDeployment());
    const { queries } = renderPage(<DeploymentsPage />);
    expect((await rows())[0]).toHaveTextContent('Running');
    applyLive(queries, { type: 'event', sequence: 2, deployment: aDeployment({ status: 'success', progress: 100, updatedAt: at(9) }) });
    await vi.waitFor(async () => {
      expect((await rows())[0]).toHaveTextContent('Succeeded');
    });
  });

  it('loads further pages by their cursor', async () => {
    serve(aDeployment(), aDeployment({ id: 'dep-2' }));
    const { user } = renderPage(<DeploymentsPage />);
    await user.click(await screen.findByRole('button', { name: 'Load more' }));
    expect(await screen.findByText('v0.1.0')).toBeInTheDocument();
  });

  it('asks the server with the filter of the address', async () => {
    const asked = serve(aDeployment());
    renderPage(<DeploymentsPage />, '/?status=failed&q=checkout');
    await rows();
    const list = asked.find(({ path }) => path === '/api/v1/deployments');
    expect(Object.fromEntries(list?.query ?? [])).toMatchObject({ status: 'failed', q: 'checkout', limit: '50' });
  });

  it('tells how to make the first deployment when there is none', async () => {
    serve();
    renderPage(<DeploymentsPage />);
    expect(await screen.findByText(/git push boreas main/)).toBeInTheDocument();
    expect(screen.getAllByRole('button', { name: 'Copy' })).toHaveLength(2);
  });

  it('tells where to push when the embedded Git is elsewhere', async () => {
    fakeApi({
      'GET /api/v1/deployments': () => ({ items: [] }),
      'GET /api/v1/apps': () => ({ items: [] }),
      'GET /api/v1/environments': () => ({ items: [] }),
      'GET /api/v1/me': () => ({ id: 'u', name: 'mira', admin: false, projects: {}, gitUrl: 'https://git.example' }),
    });
    renderPage(<DeploymentsPage />);
    expect(await screen.findByText(/git remote add boreas https:\/\/git\.example\/git\/hello\.git/)).toBeInTheDocument();
  });

  it('does not take a filter without results for an empty installation', async () => {
    serve();
    renderPage(<DeploymentsPage />, '/?status=failed');
    expect(await screen.findByText('No deployment matches this filter.')).toBeInTheDocument();
  });

  it('is walked through with j and k', async () => {
    serve(aDeployment(), aDeployment({ id: 'dep-2', version: 'v2.0.0' }));
    const { user } = renderPage(<DeploymentsPage />);
    await rows();
    await user.keyboard('jj');
    expect(document.activeElement).toHaveTextContent('v2.0.0');
    await user.keyboard('k');
    expect(document.activeElement).toHaveTextContent('v1.0.0');
  });
});
