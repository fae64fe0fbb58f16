import type { DeploymentTask } from '~/lib/api-types';
import { isEnded } from './status';

export interface TaskGroup {
  /** Undefined for tasks that belong to the deployment as a whole. */
  appId?: string;
  tasks: DeploymentTask[];
  done: number;
}

/** Tasks by app: apps in the order of the deployment, tasks by `order` and then by creation. */
export function groupTasks(tasks: DeploymentTask[], applicationIds: string[]): TaskGroup[] {
  const byApp = new Map<string | undefined, DeploymentTask[]>();
  for (const task of [...tasks].sort(byOrder)) {
    const group = byApp.get(task.appId);
    if (group) group.push(task);
    else byApp.set(task.appId, [task]);
  }
  const place = (appId: string | undefined) => {
    const at = appId === undefined ? -1 : applicationIds.indexOf(appId);
    return at < 0 ? Number.MAX_SAFE_INTEGER : at;
  };
  return [...byApp.entries()]
    .sort(([a], [b]) => place(a) - place(b))
    .map(([appId, group]) => ({ appId, tasks: group, done: group.filter((task) => task.status === 'success').length }));
}

function byOrder(a: DeploymentTask, b: DeploymentTask) {
  return a.order - b.order || Date.parse(a.createdAt) - Date.parse(b.createdAt) || a.id.localeCompare(b.id, 'en');
}

const startOf = (task: DeploymentTask) => Date.parse(task.startedAt ?? task.createdAt);

/** The task that a person who opens the page most likely wants to see: what failed, started last, waits for them or for its time, or ran last. */
export function taskOfInterest(tasks: DeploymentTask[]): DeploymentTask | undefined {
  const sorted = [...tasks].sort(byOrder);
  const first = (status: DeploymentTask['status']) => sorted.find((task) => task.status === status);
  const ended = sorted.filter((task) => isEnded(task.status) && task.completedAt);
  const last = ended.reduce<DeploymentTask | undefined>((a, b) => (a && Date.parse(a.completedAt ?? '') > Date.parse(b.completedAt ?? '') ? a : b), undefined);
  const running = sorted.filter((task) => task.status === 'running').reduce<DeploymentTask | undefined>((a, b) => (a && startOf(a) >= startOf(b) ? a : b), undefined);
  // A task that failed and was taken back is told as rolled back; what it failed with is still what people look for.
  const takenBack = sorted.find((task) => task.status === 'rolled_back' && task.failure);
  const held = sorted.find((task) => task.status === 'pending' && task.waitingUntil);
  return first('failed') ?? running ?? first('waiting_confirm') ?? held ?? takenBack ?? last ?? sorted[0];
}
