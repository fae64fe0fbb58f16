import { infiniteQueryOptions, keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '~/lib/api';
import type { ActionRequest, CreateDeployment, Deployment, DeploymentEvent, DeploymentPlan, DeploymentsCreated, DeployEnvironment, Page } from '~/lib/api-types';
import { randomKey } from '~/lib/random-key';
import type { DeploymentAction } from './actions';
import type { DeploymentFilter } from './filter';
import { mergeDeployment } from './live-merge';

export const LISTS = ['deployments', 'list'] as const;
export const deploymentKey = (id: string) => ['deployments', 'one', id] as const;
export const eventsKey = (id: string) => ['deployments', 'events', id] as const;

const path = (id: string) => `/api/v1/deployments/${encodeURIComponent(id)}`;
export const taskPath = (id: string, taskId: string) => `${path(id)}/tasks/${encodeURIComponent(taskId)}`;

/** The newest deployments first, page by page. */
export function deploymentsQuery(filter: DeploymentFilter, limit = 50) {
  return infiniteQueryOptions({
    queryKey: [...LISTS, filter, limit],
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<Deployment>>('/api/v1/deployments', { query: { ...filter, limit, cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
  });
}

export function deploymentQuery(id: string) {
  return queryOptions({ queryKey: deploymentKey(id), queryFn: ({ signal }) => api.get<Deployment>(path(id), { signal }) });
}

/** The whole history of a deployment, oldest first. */
export function eventsQuery(id: string) {
  return queryOptions({
    queryKey: eventsKey(id),
    queryFn: async ({ signal }) => {
      const all: DeploymentEvent[] = [];
      let cursor: string | undefined;
      do {
        const page = await api.get<Page<DeploymentEvent>>(`${path(id)}/events`, { query: { cursor }, signal });
        all.push(...page.items);
        cursor = page.next;
      } while (cursor);
      return all;
    },
  });
}

export const environmentsQuery = queryOptions({
  queryKey: ['environments'],
  queryFn: async ({ signal }) => (await api.get<Page<DeployEnvironment>>('/api/v1/environments', { query: { limit: 200 }, signal })).items,
  staleTime: 5 * 60_000,
});

/** Does something to a deployment. The answer is the deployment, or the new one that a roll-back of a success makes. */
export function useDeploymentAction(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ action, reason }: { action: DeploymentAction } & ActionRequest) =>
      api.post<Deployment | DeploymentsCreated | undefined>(`${path(id)}/${action}`, { body: { reason }, idempotencyKey: randomKey() }),
    onSuccess: (answer) => {
      if (answer && 'tasks' in answer && answer.id === id) {
        queries.setQueryData<Deployment>(deploymentKey(id), (known) => (known ? mergeDeployment(known, answer) : answer));
      }
      return queries.invalidateQueries({ queryKey: deploymentKey(id), exact: true });
    },
  });
}

export type Verdict = 'confirm' | 'reject';

/**
 * Confirms or refuses tasks, each by its name: one that began to wait in the meantime is not among them. After a refusal
 * by the server the deployment is read again, because it is not what was shown.
 */
export function useDecide(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ act, tasks, ...body }: { act: Verdict; tasks: string[] } & ActionRequest) => {
      for (const task of tasks) {
        const answer = await api.post<Deployment>(`${taskPath(id, task)}/${act}`, { body });
        queries.setQueryData<Deployment>(deploymentKey(id), (known) => (known ? mergeDeployment(known, answer) : answer));
      }
    },
    onSettled: () => queries.invalidateQueries({ queryKey: deploymentKey(id), exact: true }),
  });
}

/** Resumes a failed deployment from one of its tasks, as a new deployment. */
export function useRetry(id: string, taskId: string) {
  return useMutation({
    mutationFn: ({ reason }: ActionRequest) => api.post<Deployment>(`${taskPath(id, taskId)}/retry`, { body: { reason }, idempotencyKey: randomKey() }),
  });
}

/** What a request would make, and what is in its way at present; nothing is recorded. */
export function planQuery(request: CreateDeployment) {
  return queryOptions({
    queryKey: ['deployments', 'plan', request],
    queryFn: ({ signal }) => api.post<DeploymentPlan>('/api/v1/deployments', { query: { dryRun: true }, body: request, signal }),
    placeholderData: keepPreviousData,
    retry: false,
    gcTime: 0,
  });
}

/** Creates a deployment. The key is the caller's, so that a second try of the same dialog is the same request. */
export function useCreateDeployment() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ request, key }: { request: CreateDeployment; key: string }) =>
      api.post<DeploymentsCreated>('/api/v1/deployments', { body: request, idempotencyKey: key }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: LISTS });
    },
  });
}
