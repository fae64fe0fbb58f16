import { MantineProvider } from '@mantine/core';
import { QueryClientProvider, type QueryClient } from '@tanstack/react-query';
import { render } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { ReactElement } from 'react';
import { createMemoryRouter, RouterProvider, type RouteObject } from 'react-router';
import { createQueries } from '~/app/queries';
import { theme } from '~/app/theme';

/** Renders the routes at an address, with everything that the app puts around them. */
export function renderRoutes(routes: RouteObject[], address: string, queries: QueryClient = createQueries()) {
  const router = createMemoryRouter(routes, { initialEntries: [address] });
  const view = render(
    <MantineProvider theme={theme} env="test">
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>,
  );
  return { ...view, router, queries, user: userEvent.setup() };
}

export function renderPage(page: ReactElement, address = '/') {
  return renderRoutes([{ path: '*', element: page }], address);
}
