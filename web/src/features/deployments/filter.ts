import type { Deployment, RunStatus } from '~/lib/api-types';
import { RUN_STATUSES } from './status';

export interface DeploymentFilter {
  status?: RunStatus;
  app?: string;
  environment?: string;
  q?: string;
}

/** The filter that an address names; what it names and does not exist is ignored. */
export function readFilter(search: URLSearchParams): DeploymentFilter {
  const text = (name: string) => search.get(name)?.trim() || undefined;
  const status = RUN_STATUSES.find((each) => each === text('status'));
  return { status, app: text('app'), environment: text('environment'), q: text('q') };
}

export function writeFilter(filter: DeploymentFilter): URLSearchParams {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(filter) as [string, string | undefined][]) if (value) search.set(name, value);
  return search;
}

export function isFiltered(filter: DeploymentFilter) {
  return Object.values(filter).some((value) => value !== undefined);
}

/** Whether a deployment belongs into the filtered list; undefined when only the server can tell, which is so for text. */
export function matches(filter: DeploymentFilter, deployment: Deployment): boolean | undefined {
  if (filter.status && filter.status !== deployment.status) return false;
  if (filter.app && !deployment.applicationIds.includes(filter.app)) return false;
  if (filter.environment && filter.environment !== deployment.environmentId && filter.environment !== deployment.environment) return false;
  return filter.q ? undefined : true;
}
