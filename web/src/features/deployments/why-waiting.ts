import type { TFunction } from 'i18next';
import type { Deployment, DeploymentTask } from '~/lib/api-types';
import { decisionsOf } from './decisions';

const NAMED = 3;

/**
 * Why a task does not run, in the reader's language where the data say it; else as the server says it. Nothing while the
 * deployment has not been started, because then all wait for the same and the page says so once.
 */
export function whyWaiting(deployment: Deployment, task: DeploymentTask, t: TFunction): string | undefined {
  if (deployment.status === 'pending') return undefined;
  const decision = decisionsOf(deployment).find((each) => each.task.id === task.id);
  if (decision) return decision.asks ? t('wait.question') : t('wait.people', { have: decision.approvals.length, count: decision.needed });
  const before = task.blockBy.split(',').map((id) => deployment.tasks.find((each) => each.id === id));
  if (task.status !== 'blocked' || !before.every((each) => each !== undefined)) return task.waitingFor;
  const open = before.filter(({ status }) => status !== 'success');
  if (open.length === 0) return task.waitingFor;
  const names = open.slice(0, NAMED).map(({ name, status }) => t('wait.task', { name, status: t(`status.${status}`) }));
  return open.length > NAMED ? t('wait.tasksMore', { names: names.join(t('wait.comma')), count: open.length - NAMED }) : t('wait.tasks', { names: names.join(t('wait.comma')) });
}
