import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, ApiError, setAntiForgery } from '~/lib/api';
import type { LoginRequest, Me } from '~/lib/api-types';

export const ME = ['me'] as const;

/** Who is signed in; null when nobody is. */
export const meQuery = queryOptions({
  queryKey: ME,
  queryFn: async ({ signal }): Promise<Me | null> => {
    try {
      const me = await api.get<Me>('/api/v1/me', { signal });
      setAntiForgery(me.antiForgery);
      return me;
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: 5 * 60_000,
});

export function useMe() {
  return useQuery(meQuery);
}

/** Signs in; succeeds with the person, for whom the anti-forgery value is set. */
export function useLogin() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (login: LoginRequest) => {
      await api.post('/api/v1/login', { body: login });
      return queries.query({ ...meQuery, staleTime: 0 });
    },
  });
}

/** Signs out and forgets everything that was loaded for the person. */
export function useLogout() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => api.post('/api/v1/logout'),
    onSuccess: () => {
      setAntiForgery(undefined);
      queries.removeQueries({ predicate: (query) => query.queryKey[0] !== ME[0] });
      queries.setQueryData(ME, null);
    },
  });
}

/** Where to go after signing in: the local path that was asked for, never another site. */
export function safeNext(next: string | null) {
  return next?.startsWith('/') && !next.startsWith('//') && !next.includes('\\') ? next : '/';
}
