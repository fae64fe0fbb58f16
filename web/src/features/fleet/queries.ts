import { queryOptions } from '@tanstack/react-query';
import { api } from '~/lib/api';
import type { NodeInfo, Page, RoutesInfo, RunnerInfo } from '~/lib/api-types';

/** Who is there is not part of the event feed: it is asked again while the page is looked at. */
const refetchInterval = 5_000;
const limit = 200;

export const runnersQuery = queryOptions({
  queryKey: ['fleet', 'runners'],
  queryFn: async ({ signal }) => (await api.get<Page<RunnerInfo>>('/api/v1/runners', { query: { limit }, signal })).items,
  refetchInterval,
});

export const nodesQuery = queryOptions({
  queryKey: ['fleet', 'nodes'],
  queryFn: async ({ signal }) => (await api.get<Page<NodeInfo>>('/api/v1/nodes', { query: { limit }, signal })).items,
  refetchInterval,
});

export const routesQuery = queryOptions({
  queryKey: ['fleet', 'routes'],
  queryFn: ({ signal }) => api.get<RoutesInfo>('/api/v1/routes', { signal }),
  refetchInterval,
});
