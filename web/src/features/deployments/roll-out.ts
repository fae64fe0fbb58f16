import type { DeploymentTask } from '~/lib/api-types';

/*
 * What a task of a roll-out is going to do, or did, read from its payload and its result. Both are whatever was
 * recorded, by any version of the server or written by a person: what does not have the shape is not told.
 */

export interface TrafficSeen {
  requests: number;
  errors: number;
  p95Milliseconds?: number;
}

export type StepSummary =
  /** A step that has not been done: instances that start, of how many in the end, and the new version's share of traffic. */
  | { kind: 'plan'; starts: number; instances: number; of: number; retires: boolean; before: number; share: number }
  | { kind: 'done'; started: string[]; stopped: string[]; instances: number; before: number; share: number }
  | { kind: 'watch'; seconds: number; minRequests: number }
  /** `needed`: requests to the new version from which on it could tell; with fewer `enough` is false. */
  | { kind: 'watched'; enough: boolean; needed?: number; new: TrafficSeen; old: TrafficSeen }
  | { kind: 'checked'; checked: number; retired: number };

/** `tasks`: all of the deployment, because a step begins where the one before it ended. */
export function summaryOf(task: DeploymentTask, tasks: DeploymentTask[]): StepSummary | undefined {
  switch (task.type) {
    case 'deploy':
      return done(task) ?? (isOpen(task) ? plan(task, tasks) : undefined);
    case 'health_check':
      return checked(task);
    case 'custom':
      return watched(task) ?? (isOpen(task) ? watch(task) : undefined);
    default:
      return undefined;
  }
}

const isOpen = ({ status }: DeploymentTask) => status === 'pending' || status === 'blocked' || status === 'waiting_confirm' || status === 'running';

function plan(task: DeploymentTask, tasks: DeploymentTask[]): StepSummary | undefined {
  const step = stepOf(task);
  if (!step) return undefined;
  const before = tasks.filter((each) => each.appId === task.appId && each.id !== task.id).map(stepOf).find((each) => each?.step === step.step - 1);
  return { kind: 'plan', starts: Math.max(0, step.instances - (before?.instances ?? 0)), instances: step.instances, of: step.of, retires: step.retires && step.instances < step.of, before: before?.share ?? 0, share: step.share };
}

function stepOf(task: DeploymentTask) {
  const payload = asRecord(task.payload);
  const { step, instances, of, share, retires } = payload ?? {};
  if (task.type !== 'deploy' || !isNumber(step) || !isNumber(instances) || !isNumber(of) || of === 0) return undefined;
  return { step, instances, of, share: isNumber(share) ? share : instances / of, retires: retires === true };
}

function done({ result }: DeploymentTask): StepSummary | undefined {
  const { instances, started, stopped, shareBefore, share } = asRecord(result) ?? {};
  if (!Array.isArray(instances) || !isTexts(started) || !isTexts(stopped) || !isNumber(shareBefore) || !isNumber(share)) return undefined;
  return { kind: 'done', started, stopped, instances: instances.length, before: shareBefore, share };
}

function watch({ payload }: DeploymentTask): StepSummary | undefined {
  const { seconds, policy } = asRecord(payload) ?? {};
  const { minRequests } = asRecord(policy) ?? {};
  return isNumber(seconds) && isNumber(minRequests) ? { kind: 'watch', seconds, minRequests } : undefined;
}

function watched({ payload, result }: DeploymentTask): StepSummary | undefined {
  const { enough, new: fresh, old } = asRecord(result) ?? {};
  const { minRequests } = asRecord(asRecord(payload)?.policy) ?? {};
  const [seenNew, seenOld] = [traffic(fresh), traffic(old)];
  return seenNew && seenOld ? { kind: 'watched', enough: enough === true, needed: isNumber(minRequests) ? minRequests : undefined, new: seenNew, old: seenOld } : undefined;
}

function traffic(value: unknown): TrafficSeen | undefined {
  const { requests, errors, p95Milliseconds } = asRecord(value) ?? {};
  return isNumber(requests) && isNumber(errors) ? { requests, errors, p95Milliseconds: isNumber(p95Milliseconds) ? p95Milliseconds : undefined } : undefined;
}

function checked({ result }: DeploymentTask): StepSummary | undefined {
  const { checked: looked, retired } = asRecord(result) ?? {};
  return isNumber(looked) && isNumber(retired) ? { kind: 'checked', checked: looked, retired } : undefined;
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every((each) => typeof each === 'string');

function asRecord(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
}
