import { QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiError } from '~/lib/api';
import { ME } from '~/features/session/session';

/** Answers stay fresh for long because the live feed patches them; only what may pass is asked again. */
export function createQueries(): QueryClient {
  const client = new QueryClient({
    queryCache: new QueryCache({
      onError: (error, query) => {
        // The session ended: forgetting who is signed in brings the sign-in page.
        if (error instanceof ApiError && error.status === 401 && query.queryKey[0] !== ME[0]) void client.resetQueries({ queryKey: ME });
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        retry: (failures, error) => failures < 2 && error instanceof ApiError && (error.status === 0 || error.status >= 502),
        retryDelay: (failures) => 400 * 2 ** failures,
      },
    },
  });
  return client;
}
