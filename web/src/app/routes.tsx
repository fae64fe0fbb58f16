import { createBrowserRouter, type RouteObject } from 'react-router';
import { LoginPage } from '~/features/session/LoginPage';
import { NotFound } from '~/ui/NotFound';
import { PageFailed } from './shell/PageFailed';
import { Shell } from './shell/Shell';
import { Waiting } from './shell/Waiting';

/** Every page is a chunk of its own; a new page is one line here and, when it deserves one, a link in Navigation. */
export const routes: RouteObject[] = [
  { path: '/login', element: <LoginPage /> },
  {
    element: <Shell />,
    errorElement: <PageFailed />,
    hydrateFallbackElement: <Waiting />,
    children: [
      {
        errorElement: <PageFailed />,
        children: [
          { index: true, lazy: async () => ({ Component: (await import('~/features/deployments/list/DeploymentsPage')).DeploymentsPage }) },
          { path: 'deployments', lazy: async () => ({ Component: (await import('~/features/deployments/list/DeploymentsPage')).DeploymentsPage }) },
          { path: 'deployments/:id', lazy: async () => ({ Component: (await import('~/features/deployments/detail/DeploymentPage')).DeploymentPage }) },
          { path: 'deployments/:id/:tab', lazy: async () => ({ Component: (await import('~/features/deployments/detail/DeploymentPage')).DeploymentPage }) },
          { path: 'approvals', lazy: async () => ({ Component: (await import('~/features/approvals/ApprovalsPage')).ApprovalsPage }) },
          { path: 'apps', lazy: async () => ({ Component: (await import('~/features/apps/AppsPage')).AppsPage }) },
          { path: 'apps/:id', lazy: async () => ({ Component: (await import('~/features/apps/AppPage')).AppPage }) },
          { path: 'fleet', lazy: async () => ({ Component: (await import('~/features/fleet/FleetPage')).FleetPage }) },
          { path: '*', element: <NotFound /> },
        ],
      },
    ],
  },
];

export function createRouter() {
  return createBrowserRouter(routes);
}
