import type { RunStatus } from '~/lib/api-types';

export type DeploymentAction = 'start' | 'confirm' | 'reject' | 'resume' | 'rollback' | 'cancel';

/** Whether an action destroys or reverts something, and is therefore drawn and worded with care. */
export const DANGEROUS: Record<DeploymentAction, boolean> = {
  start: false,
  confirm: false,
  resume: false,
  reject: true,
  rollback: true,
  cancel: true,
};

const ALLOWED: Record<RunStatus, DeploymentAction[]> = {
  pending: ['start', 'cancel'],
  running: ['cancel'],
  waiting_confirm: ['confirm', 'reject', 'rollback', 'cancel'],
  success: ['rollback'],
  failed: ['resume', 'rollback'],
  rolled_back: [],
  cancelled: [],
};

/** What may be done to a deployment in a state, the most likely first. */
export function allowedActions(status: RunStatus): DeploymentAction[] {
  return (ALLOWED as Partial<Record<string, DeploymentAction[]>>)[status] ?? [];
}
