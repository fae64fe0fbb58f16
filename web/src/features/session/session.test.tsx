import { screen } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { fakeApi, problem } from '~/lib/testing/fake-api';
import { renderRoutes } from '~/lib/testing/render-page';
import { LoginPage } from './LoginPage';
import { safeNext } from './session';

const routes = [
  { path: '/login', element: <LoginPage /> },
  { path: '*', element: <h1>inside</h1> },
];
const me = { id: 'u', name: 'mira', admin: false, projects: {}, antiForgery: 'x' };
const anonymous = () => problem(401, 'unauthenticated');

describe('signing in', () => {
  it('goes to the page that was asked for', async () => {
    let signedIn = false;
    const asked = fakeApi({
      'GET /api/v1/me': () => (signedIn ? me : anonymous()),
      'POST /api/v1/login': () => {
        signedIn = true;
        return undefined;
      },
    });
    const { user, router } = renderRoutes(routes, '/login?next=%2Fapps%2Fhello');
    await user.type(await screen.findByLabelText('Name'), 'mira');
    await user.type(screen.getByLabelText('Password'), 'secret{Enter}');
    await screen.findByText('inside');
    expect(router.state.location.pathname).toBe('/apps/hello');
    expect(asked.find(({ method }) => method === 'POST')?.body).toEqual({ name: 'mira', password: 'secret' });
  });

  it('says in place that name or password is wrong', async () => {
    fakeApi({ 'GET /api/v1/me': anonymous, 'POST /api/v1/login': anonymous });
    const { user } = renderRoutes(routes, '/login');
    await user.type(await screen.findByLabelText('Name'), 'mira');
    await user.type(screen.getByLabelText('Password'), 'wrong{Enter}');
    expect(await screen.findByRole('alert')).toHaveTextContent('Name or password is wrong.');
  });

  it('asks for what is missing without asking the server', async () => {
    const asked = fakeApi({ 'GET /api/v1/me': anonymous });
    const { user } = renderRoutes(routes, '/login');
    await user.click(await screen.findByRole('button', { name: 'Sign in' }));
    expect(screen.getByText('Enter your name.')).toBeInTheDocument();
    await vi.waitFor(() => {
      expect(asked.every(({ method }) => method === 'GET')).toBe(true);
    });
  });

  it.each([
    ['/apps?x=1', '/apps?x=1'],
    ['//evil.example', '/'],
    ['https://evil.example', '/'],
    ['/\\evil.example', '/'],
    [null, '/'],
  ])('never leads to another site: %s → %s', (next, target) => {
    expect(safeNext(next)).toBe(target);
  });
});
