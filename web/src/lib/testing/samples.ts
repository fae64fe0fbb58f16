import type { Deployment, DeploymentTask, TaskLogLine } from '../api-types';

/** A time of the sample day, `seconds` after noon. */
export const at = (seconds: number) => new Date(Date.UTC(2026, 10, 4, 12, 0, seconds)).toISOString();

export function aTask(over: Partial<DeploymentTask> = {}): DeploymentTask {
  return {
    id: 'task-1',
    deploymentId: 'dep-1',
    appId: 'hello',
    name: 'Build',
    type: 'build',
    status: 'pending',
    blockBy: '',
    order: 1,
    attempt: 1,
    maxAttempts: 3,
    timeoutSeconds: 600,
    requireConfirm: false,
    createdAt: at(0),
    updatedAt: at(0),
    ...over,
  };
}

export function aDeployment(over: Partial<Deployment> = {}): Deployment {
  return {
    id: 'dep-1',
    kind: 'deployment',
    versionId: 'ver-1',
    version: 'v1.0.0',
    environmentId: 'env-1',
    environment: 'production',
    applicationIds: ['hello'],
    applications: ['Hello'],
    mustInOrder: [],
    strategy: [],
    manualApproval: false,
    status: 'running',
    progress: 50,
    requireConfirm: false,
    grayscaleEnabled: false,
    grayscaleRatio: 0,
    createdBy: 'mira',
    createdAt: at(0),
    updatedAt: at(0),
    startedAt: at(1),
    tasks: [],
    graphVersion: 1,
    ...over,
  };
}

export function aLine(sequence: number, over: Partial<TaskLogLine> = {}): TaskLogLine {
  return { sequence, attempt: 1, timestamp: at(sequence), level: 'info', message: `line ${sequence}`, ...over };
}
