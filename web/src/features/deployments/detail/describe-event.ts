import type { DeploymentEvent, DeploymentTask, TaskStatus } from '~/lib/api-types';

/** What an event says, ready to be worded: the sentence is `history.events.{kind}`. */
export interface Told {
  kind: EventKind;
  /** The status that it led to, for the icon. */
  status: TaskStatus;
  task?: string;
  runner?: string;
  attempt?: number;
  count?: number;
  to?: TaskStatus;
  /** The person's reason, or what went wrong. */
  detail?: string;
}

export type EventKind =
  | 'created'
  | 'status'
  | 'cancelRequested'
  | 'graphEdited'
  | 'rollbackStarted'
  | 'rollbackEnded'
  | 'rollbackFailed'
  | 'claimed'
  | 'succeeded'
  | 'attemptFailed'
  | 'taskFailed'
  | 'approved'
  | 'confirmed'
  | 'questioned'
  | 'held'
  | 'released'
  | 'taskCancelled'
  | 'other';

type Data = Record<string, unknown>;

/** Tells one event; an event that this UI does not know is 'other' and shown with its data only. */
export function describeEvent(event: DeploymentEvent, tasks: DeploymentTask[]): Told {
  const data = isRecord(event.data) ? event.data : {};
  const task = tasks.find(({ id }) => id === data.task);
  const about = { task: task ? taskTitle(task) : text(data.task), detail: text(data.reason) };
  switch (event.name.replace(/\.\d+$/, '')) {
    case 'run.created':
      return { kind: 'created', status: 'pending', count: Array.isArray(data.tasks) ? data.tasks.length : tasks.length, detail: about.detail };
    case 'run.status': {
      const to = toStatus(data.to);
      return { kind: 'status', status: to, to, detail: about.detail };
    }
    case 'run.cancel_requested':
      return { kind: 'cancelRequested', status: 'cancelled', detail: about.detail };
    case 'run.graph_edited':
      return { kind: 'graphEdited', status: 'pending', count: Array.isArray(data.tasks) ? data.tasks.length : tasks.length };
    case 'run.rollback_started':
      return { kind: 'rollbackStarted', status: 'rolled_back', detail: about.detail };
    case 'run.rollback_ended':
      return data.success === true ? { kind: 'rollbackEnded', status: 'rolled_back' } : { kind: 'rollbackFailed', status: 'failed' };
    case 'task.claimed':
      return { kind: 'claimed', status: 'running', task: about.task, runner: text(data.runner), attempt: typeof data.attempt === 'number' ? data.attempt : undefined };
    case 'task.succeeded':
      return { kind: 'succeeded', status: 'success', task: about.task };
    case 'task.attempt_failed':
      return { kind: data.retryAt ? 'attemptFailed' : 'taskFailed', status: data.retryAt ? 'pending' : 'failed', task: about.task, detail: isRecord(data.failure) ? text(data.failure.message) : undefined };
    case 'task.questioned':
      return { kind: 'questioned', status: 'waiting_confirm', task: about.task, detail: text(data.question) };
    case 'task.held':
      return data.until ? { kind: 'held', status: 'pending', ...about } : { kind: 'released', status: 'pending', ...about };
    case 'task.approved':
      return { kind: 'approved', status: 'waiting_confirm', ...about };
    case 'task.confirmed':
      return { kind: 'confirmed', status: 'success', ...about };
    case 'task.cancelled':
      return { kind: 'taskCancelled', status: 'cancelled', task: about.task };
    default:
      return { kind: 'other', status: 'pending', detail: about.detail };
  }
}

export function taskTitle({ appId, name }: DeploymentTask) {
  return appId && !name.includes(appId) ? `${appId} / ${name}` : name;
}

const STATUSES: readonly TaskStatus[] = ['pending', 'running', 'waiting_confirm', 'success', 'failed', 'blocked', 'cancelled', 'rolled_back'];

/** Statuses inside events are written as the engine names them (`WaitingConfirm`). */
function toStatus(value: unknown): TaskStatus {
  const snake = text(value)?.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toLowerCase();
  return STATUSES.find((status) => status === snake) ?? 'pending';
}

function text(value: unknown) {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isRecord(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
