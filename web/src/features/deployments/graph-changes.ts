import type { DeploymentTask } from '~/lib/api-types';

export interface GraphLine {
  task: DeploymentTask;
  change?: 'added' | 'changed' | 'removed';
}

/** The graph as it is, in its order, with what differs from how it was; what is gone comes last. */
export function graphChanges(before: DeploymentTask[], after: DeploymentTask[]): GraphLine[] {
  const was = new Map(before.map((task) => [task.id, task]));
  const is = new Set(after.map(({ id }) => id));
  const byOrder = (a: DeploymentTask, b: DeploymentTask) => a.order - b.order;
  return [
    ...[...after].sort(byOrder).map((task) => ({ task, change: changeOf(was.get(task.id), task) })),
    ...before.filter(({ id }) => !is.has(id)).sort(byOrder).map((task) => ({ task, change: 'removed' as const })),
  ];
}

function changeOf(before: DeploymentTask | undefined, after: DeploymentTask): GraphLine['change'] {
  if (!before) return 'added';
  return planned(before) === planned(after) ? undefined : 'changed';
}

/** What an edit can change; how far the task is does not count. */
function planned({ name, type, appId, blockBy, order, payload, requireConfirm, timeoutSeconds, maxAttempts }: DeploymentTask) {
  return JSON.stringify([name, type, appId, blockBy, order, payload, requireConfirm, timeoutSeconds, maxAttempts]);
}
