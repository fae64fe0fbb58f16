import { useEffect, useState, useSyncExternalStore } from 'react';
import type { DeploymentTask } from '~/lib/api-types';
import { taskPath } from '../queries';
import { isEnded } from '../status';
import { LogStream, type LogSnapshot } from './log-stream';

/** The log of a task: all of it, and what is added while it is shown. For one task per mounted component. */
export function useLogStream(task: DeploymentTask): LogSnapshot {
  const [stream] = useState(() => new LogStream(`${taskPath(task.deploymentId, task.id)}/logs`));
  const ended = isEnded(task.status);
  const started = hasStarted(task);
  useEffect(() => (started ? stream.read(ended) : undefined), [stream, started, ended]);
  return useSyncExternalStore(stream.subscribe, stream.getSnapshot);
}

export function hasStarted(task: DeploymentTask) {
  return task.startedAt !== undefined || task.attempt > 1 || task.status === 'running' || task.status === 'success' || task.status === 'failed';
}
