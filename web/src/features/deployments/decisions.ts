import type { Deployment, DeploymentTask, Me, Role, TaskApproval } from '~/lib/api-types';

/** A task that waits for a person. */
export interface Decision {
  task: DeploymentTask;
  /** It has run and could not decide by itself: confirming makes it a success. */
  asks: boolean;
  /** Confirmations of the graph as it is. */
  approvals: TaskApproval[];
  needed: number;
}

export interface Say {
  confirm: boolean;
  reject: boolean;
  /** Why it may not be confirmed. */
  why?: 'author' | 'others' | 'already';
}

/** What waits for a person now; nothing while the deployment has not been started. */
export function decisionsOf(deployment: Deployment): Decision[] {
  if (deployment.status !== 'running' && deployment.status !== 'waiting_confirm') return [];
  return deployment.tasks
    .filter(({ status }) => status === 'waiting_confirm')
    .sort((a, b) => a.order - b.order)
    .map((task) => ({
      task,
      asks: task.startedAt !== undefined && task.result !== undefined,
      approvals: (task.approvals ?? []).filter(({ graphVersion }) => graphVersion === deployment.graphVersion),
      needed: deployment.confirm?.approvals ?? 1,
    }));
}

const RANKS: Role[] = ['viewer', 'developer', 'approver', 'admin'];

/** Who confirms by role; without users, roles and groups, approvers do. */
export function rolesThatMay({ confirm }: Deployment): Role[] {
  const { users, roles, groups } = confirm ?? {};
  return roles?.length ? roles : users?.length || groups?.length ? [] : ['approver'];
}

/** Whether somebody may confirm and refuse, by the rule that the deployment carries. The server decides; this is for what is offered. */
export function mayDecide(deployment: Deployment, approvals: TaskApproval[], me: Pick<Me, 'name'>, role: Role): Say {
  const rank = RANKS.indexOf(role);
  const { confirm, groupMembers = {} } = deployment;
  const isNamed = [confirm?.users ?? [], ...Object.values(groupMembers)].some((names) => names.includes(me.name));
  const isAsked = rank >= RANKS.indexOf('developer') && (isNamed || rolesThatMay(deployment).some((needed) => rank >= RANKS.indexOf(needed)));
  if (confirm?.allowAuthor === false && deployment.createdBy === me.name) return { confirm: false, reject: rank >= RANKS.indexOf('developer'), why: 'author' };
  if (!isAsked) return { confirm: false, reject: false, why: 'others' };
  return approvals.some(({ by }) => by === me.name) ? { confirm: false, reject: true, why: 'already' } : { confirm: true, reject: true };
}
