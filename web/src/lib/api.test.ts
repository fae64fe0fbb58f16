import { afterEach, describe, expect, it } from 'vitest';
import { api, ApiError, setAntiForgery, toProblem, withQuery } from './api';
import { fakeApi, problem } from './testing/fake-api';

afterEach(() => {
  setAntiForgery(undefined);
});

describe('the API client', () => {
  it('sends the anti-forgery value with changes only, and the idempotency key where there is one', async () => {
    const asked = fakeApi({ 'GET /a': () => ({}), 'POST /a': () => ({}) });
    setAntiForgery('token');
    await api.get('/a');
    await api.post('/a', { body: { x: 1 }, idempotencyKey: 'k' });
    expect(asked.map(({ headers }) => headers.get('X-Boreas-Csrf'))).toEqual([null, 'token']);
    expect(asked[1]?.headers.get('Idempotency-Key')).toBe('k');
    expect(asked[1]?.body).toEqual({ x: 1 });
  });

  it('makes a problem of the server a typed error with its code and advice', async () => {
    fakeApi({ 'POST /a': () => problem(409, 'active_deployment', { detail: 'dep-2 is active.', advice: 'Wait.' }) });
    const error: unknown = await api.post('/a').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApiError);
    expect(toProblem(error)).toMatchObject({ status: 409, code: 'active_deployment', detail: 'dep-2 is active.', advice: 'Wait.' });
  });

  it('makes a problem of a page that a proxy answers with', async () => {
    fakeApi({ 'GET /a': () => new Response('<html>', { status: 502, headers: { 'Content-Type': 'text/html' } }) });
    await expect(api.get('/a')).rejects.toMatchObject({ problem: { status: 502, code: 'http_502' } });
  });

  it('leaves out what is not asked for', () => {
    expect(withQuery('/a', { status: undefined, q: '', app: 'x y', limit: 5 })).toBe('/a?app=x+y&limit=5');
  });
});
