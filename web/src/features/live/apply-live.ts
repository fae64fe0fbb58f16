import type { InfiniteData, QueryClient } from '@tanstack/react-query';
import type { Deployment, DeploymentEvent, LiveMessage, Page } from '~/lib/api-types';
import { APPS } from '../apps/queries';
import type { DeploymentFilter } from '../deployments/filter';
import { appendEvent, mergeDeployment, mergeIntoPages } from '../deployments/live-merge';
import { deploymentKey, eventsKey, LISTS } from '../deployments/queries';
import { isActive } from '../deployments/status';

/** Lets one live event into every cache that it concerns. What a message cannot say is asked from the server. */
export function applyLive(queries: QueryClient, { deployment, event }: LiveMessage) {
  if (!deployment) return;
  // Lists are of deployments; instances that move to another node are no new version.
  if (deployment.kind === 'deployment') patchLists(queries, deployment);
  patchDetail(queries, deployment);
  if (event) patchHistory(queries, deployment.id, event);
  // What serves, and in which version, changes when a deployment has ended.
  if (!isActive(deployment.status)) void queries.invalidateQueries({ queryKey: APPS });
}

function patchLists(queries: QueryClient, deployment: Deployment) {
  for (const [key, data] of queries.getQueriesData<InfiniteData<Page<Deployment>>>({ queryKey: LISTS })) {
    if (!data) continue;
    const pages = mergeIntoPages(data.pages, key[LISTS.length] as DeploymentFilter, deployment);
    if (pages === 'ask') void queries.invalidateQueries({ queryKey: key, exact: true });
    else if (pages !== data.pages) queries.setQueryData(key, { ...data, pages });
  }
}

function patchDetail(queries: QueryClient, deployment: Deployment) {
  const key = deploymentKey(deployment.id);
  const known = queries.getQueryData<Deployment>(key);
  if (!known) return;
  queries.setQueryData(key, mergeDeployment(known, deployment));
  // A graph can be edited in these states, and a message cannot say that a task is gone.
  if (deployment.status === 'pending' || deployment.status === 'waiting_confirm') void queries.invalidateQueries({ queryKey: key, exact: true });
}

function patchHistory(queries: QueryClient, id: string, event: DeploymentEvent) {
  queries.setQueryData<DeploymentEvent[]>(eventsKey(id), (known) => known && appendEvent(known, event));
}
