import type { Deployment, DeploymentTask, RunStatus } from '~/lib/api-types';

export type DeploymentAction = 'start' | 'resume' | 'rollback' | 'cancel';

/** Whether an action destroys or reverts something, and is therefore drawn and worded with care. */
export const DANGEROUS: Record<DeploymentAction, boolean> = {
  start: false,
  resume: false,
  rollback: true,
  cancel: true,
};

const ALLOWED: Record<RunStatus, DeploymentAction[]> = {
  pending: ['start', 'cancel'],
  running: ['cancel'],
  waiting_confirm: ['rollback', 'cancel'],
  success: ['rollback'],
  failed: ['resume', 'rollback'],
  rolled_back: [],
  cancelled: [],
};

/** What may be done to a deployment in its state, the most likely first. */
export function allowedActions(deployment: Deployment): DeploymentAction[] {
  const allowed = (ALLOWED as Partial<Record<string, DeploymentAction[]>>)[deployment.status] ?? [];
  return allowed.filter((action) => {
    if (action === 'start') return !deployment.queuedBehind?.length;
    if (action === 'resume') return hasFailed(deployment);
    // A move deployed nothing: there is no version to go back to.
    if (action === 'rollback') return deployment.kind !== 'move' && (deployment.status !== 'failed' || hasFailed(deployment));
    return true;
  });
}

/** Whether the deployment can be resumed from this task. */
export function canRetry(deployment: Deployment, task: DeploymentTask) {
  return task.status === 'failed' && hasFailed(deployment);
}

/** One that is still taking back what it did has not ended. */
function hasFailed({ kind, status, completedAt }: Deployment) {
  return status === 'failed' && kind !== 'move' && completedAt !== undefined;
}
