import { vi } from 'vitest';

export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Headers;
  body: unknown;
}

type Answer = (asked: Asked) => Response | object | undefined;

export function problem(status: number, code: string, more: object = {}) {
  return new Response(JSON.stringify({ title: code, status, code, ...more }), { status, headers: { 'Content-Type': 'application/problem+json' } });
}

/** Stands where the network would be: answers by `METHOD /path`, 404 for the rest, and keeps what was asked. */
export function fakeApi(answers: Record<string, Answer>) {
  const asked: Asked[] = [];
  vi.stubGlobal('fetch', (input: string, init: RequestInit = {}) => {
    const url = new URL(input, 'http://localhost');
    const call: Asked = {
      method: init.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      headers: new Headers(init.headers),
      body: typeof init.body === 'string' ? JSON.parse(init.body) : undefined,
    };
    asked.push(call);
    const answer = answers[`${call.method} ${call.path}`];
    if (!answer) return Promise.resolve(problem(404, 'not_found'));
    const given = answer(call);
    if (given instanceof Response) return Promise.resolve(given);
    return Promise.resolve(given === undefined ? new Response(null, { status: 204 }) : Response.json(given));
  });
  return asked;
}
