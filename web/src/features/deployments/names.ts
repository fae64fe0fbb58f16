import type { Deployment } from '~/lib/api-types';

/** Names of the apps; ids where the server gave no names. */
export function appNames({ applications, applicationIds }: Pick<Deployment, 'applications' | 'applicationIds'>) {
  return applications.length > 0 ? applications : applicationIds;
}

/** The name of one app of a deployment. */
export function appName({ applications, applicationIds }: Pick<Deployment, 'applications' | 'applicationIds'>, appId: string) {
  return applications[applicationIds.indexOf(appId)] ?? appId;
}
