import { act, screen } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { fakeApi, problem } from '~/lib/testing/fake-api';
import { renderRoutes } from '~/lib/testing/render-page';
import { Shell } from './Shell';

const routes = [
  { path: '/login', element: <h1>sign in here</h1> },
  {
    element: <Shell />,
    children: [
      {
        path: '*',
        element: (
          <>
            <h1>a page</h1>
            <input aria-label="the filter" data-filter />
          </>
        ),
      },
    ],
  },
];
const me = () => ({ id: 'u', name: 'mira', admin: true, projects: {}, antiForgery: 'x' });

class Line {
  static last?: Line;
  onmessage?: (message: { data: string }) => void;
  onclose?: () => void;
  constructor(readonly url: string) {
    Line.last = this;
  }
  close() {
    return undefined;
  }
}

describe('the shell', () => {
  beforeEach(() => {
    vi.stubGlobal('WebSocket', Line);
  });

  it('sends who is not signed in to the sign-in page, and remembers where they wanted to go', async () => {
    fakeApi({ 'GET /api/v1/me': () => problem(401, 'unauthenticated') });
    const { router } = renderRoutes(routes, '/apps/hello?x=1');
    await screen.findByText('sign in here');
    expect(router.state.location.search).toBe(`?next=${encodeURIComponent('/apps/hello?x=1')}`);
  });

  it('says so when the server cannot be reached, and tries again when asked', async () => {
    let up = false;
    fakeApi({ 'GET /api/v1/me': () => (up ? me() : problem(400, 'odd')) });
    const { user } = renderRoutes(routes, '/');
    await screen.findByRole('alert');
    up = true;
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('a page')).toBeInTheDocument();
  });

  it('has landmarks, a way past the navigation, and says which page is open', async () => {
    fakeApi({ 'GET /api/v1/me': me });
    renderRoutes(routes, '/apps');
    await screen.findByText('a page');
    expect(screen.getByRole('main')).toHaveAttribute('id', 'content');
    expect(screen.getByRole('link', { name: 'Skip to content' })).toHaveAttribute('href', '#content');
    expect(screen.getByRole('link', { name: 'Apps' })).toHaveAttribute('aria-current', 'page');
  });

  it('says that the page is not live when the feed breaks off, and stops saying so afterwards', async () => {
    fakeApi({ 'GET /api/v1/me': me });
    renderRoutes(routes, '/');
    await screen.findByText('a page');
    act(() => Line.last?.onmessage?.({ data: '{"type":"hello","sequence":1}' }));
    act(() => Line.last?.onclose?.());
    const warning = await screen.findByText(/Connection lost/, {}, { timeout: 4000 });
    act(() => Line.last?.onmessage?.({ data: '{"type":"hello","sequence":1}' }));
    await vi.waitFor(() => {
      expect(warning).not.toBeInTheDocument();
    });
  });

  it('puts the focus into the filter with a slash, but lets one be typed', async () => {
    fakeApi({ 'GET /api/v1/me': me });
    const { user } = renderRoutes(routes, '/');
    await screen.findByText('a page');
    await user.keyboard('/');
    expect(screen.getByLabelText('the filter')).toHaveFocus();
    await user.keyboard('a/b');
    expect(screen.getByLabelText('the filter')).toHaveValue('a/b');
  });

  it('signs out and forgets who was there', async () => {
    const asked = fakeApi({ 'GET /api/v1/me': me, 'POST /api/v1/logout': () => undefined });
    const { user } = renderRoutes(routes, '/');
    await user.click(await screen.findByRole('button', { name: /Account and settings of mira/ }));
    await user.click(await screen.findByRole('menuitem', { name: 'Sign out' }));
    expect(await screen.findByText('sign in here')).toBeInTheDocument();
    expect(asked.find(({ path }) => path === '/api/v1/logout')?.headers.get('X-Boreas-Csrf')).toBe('x');
  });
});
