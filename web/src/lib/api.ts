import type { Problem } from './api-types';
import { observeServerTime } from './clock';

/** A call that did not succeed: the server's problem, or `unreachable` when there was no answer at all. */
export class ApiError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail ?? problem.title);
    this.name = 'ApiError';
  }

  get status() {
    return this.problem.status;
  }

  get code() {
    return this.problem.code;
  }
}

export type Query = Record<string, string | number | boolean | undefined>;

interface Call {
  query?: Query;
  signal?: AbortSignal;
}

interface Change extends Call {
  body?: unknown;
  /** Makes sending the same change again harmless. */
  idempotencyKey?: string;
}

let antiForgery: string | undefined;

/** The value of `Me.antiForgery`, sent with every change from now on. */
export function setAntiForgery(token: string | undefined) {
  antiForgery = token;
}

export const api = {
  get: <T>(path: string, call: Call = {}) => request<T>('GET', path, call),
  post: <T>(path: string, change: Change = {}) => request<T>('POST', path, change),

  /** The raw answer of a GET, for streams. Fails like the others. */
  open: (path: string, call: Call = {}) => send('GET', path, call),
};

async function request<T>(method: string, path: string, change: Change): Promise<T> {
  const response = await send(method, path, change);
  const text = await response.text();
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

async function send(method: string, path: string, change: Change): Promise<Response> {
  const headers = new Headers({ Accept: 'application/json' });
  if (change.body !== undefined) headers.set('Content-Type', 'application/json');
  if (change.idempotencyKey) headers.set('Idempotency-Key', change.idempotencyKey);
  if (method !== 'GET' && antiForgery) headers.set('X-Boreas-Csrf', antiForgery);

  const response = await fetch(withQuery(path, change.query), {
    method,
    headers,
    body: change.body === undefined ? undefined : JSON.stringify(change.body),
    credentials: 'same-origin',
    signal: change.signal,
  }).catch((error: unknown) => {
    if (change.signal?.aborted) throw error;
    throw new ApiError({ title: 'The server cannot be reached', status: 0, code: 'unreachable' });
  });

  observeServerTime(response.headers.get('Date'));
  if (!response.ok) throw new ApiError(await readProblem(response));
  return response;
}

export function withQuery(path: string, query: Query = {}) {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') search.set(name, String(value));
  }
  const text = search.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** The problem in an answer; proxies answer with pages of their own, which become a problem without advice. */
async function readProblem(response: Response): Promise<Problem> {
  const plain = { title: response.statusText || `HTTP ${response.status}`, status: response.status, code: `http_${response.status}` };
  if (!response.headers.get('Content-Type')?.includes('json')) return plain;
  const read = (await response.json().catch(() => ({}))) as Partial<Problem>;
  return { ...plain, ...read, status: response.status };
}

/** Any error as a problem that can be shown. */
export function toProblem(error: unknown): Problem {
  if (error instanceof ApiError) return error.problem;
  return { title: error instanceof Error ? error.message : String(error), status: 0, code: 'client_error' };
}
