import { queryOptions } from '@tanstack/react-query';
import { api } from '~/lib/api';
import type { App, Page } from '~/lib/api-types';

export const APPS = ['apps'] as const;

/** Every app that the reader may see, in the order of their ids. */
export const appsQuery = queryOptions({
  queryKey: [...APPS, 'list'],
  queryFn: async ({ signal }) => {
    const all: App[] = [];
    let cursor: string | undefined;
    do {
      const page = await api.get<Page<App>>('/api/v1/apps', { query: { limit: 200, cursor }, signal });
      all.push(...page.items);
      cursor = page.next;
    } while (cursor);
    return all;
  },
});

export function appQuery(id: string) {
  return queryOptions({ queryKey: [...APPS, 'one', id], queryFn: ({ signal }) => api.get<App>(`/api/v1/apps/${encodeURIComponent(id)}`, { signal }) });
}
