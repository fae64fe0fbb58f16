/**
 * What crosses the wire, as the control plane's contracts define it: camelCase, enum values in snake_case, absent
 * instead of null, times as RFC 3339 in UTC, durations in seconds.
 */

export type Timestamp = string;

export interface Page<T> {
  items: T[];
  /** Cursor of the next page; absent on the last one. */
  next?: string;
}

export interface FieldProblem {
  field: string;
  message: string;
}

/** An RFC 9457 problem: `detail` says what happened, `advice` what to do next, `code` is stable. */
export interface Problem {
  type?: string;
  title: string;
  status: number;
  detail?: string;
  code: string;
  advice?: string;
  errors?: FieldProblem[];
  traceId?: string;
}

export type Role = 'viewer' | 'developer' | 'approver' | 'admin';

export interface Me {
  id: string;
  name: string;
  admin: boolean;
  projects: Record<string, Role>;
  /** Goes into `X-Boreas-Csrf` of every change. */
  antiForgery?: string;
  /** Where the embedded Git is; absent: at the server's own address. */
  gitUrl?: string;
}

export interface LoginRequest {
  name: string;
  password: string;
}

export type RunStatus = 'pending' | 'running' | 'waiting_confirm' | 'success' | 'failed' | 'rolled_back' | 'cancelled';
export type TaskStatus = RunStatus | 'blocked';
export type TaskType = 'prepare' | 'build' | 'test' | 'deploy' | 'health_check' | 'custom';

export interface DeployStep {
  batchSize: number;
  batchInterval: number;
  canaryRatio: number;
  autoRollback: boolean;
  manualApprovalStatus?: boolean;
}

export interface TaskFailure {
  code: string;
  message: string;
  advice?: string;
}

export interface DeploymentTask {
  id: string;
  deploymentId: string;
  appId?: string;
  name: string;
  type: TaskType;
  status: TaskStatus;
  /** Ids of tasks, or `{appId}-{type}`, separated by commas. */
  blockBy: string;
  order: number;
  payload?: unknown;
  result?: unknown;
  failure?: TaskFailure;
  attempt: number;
  maxAttempts: number;
  timeoutSeconds: number;
  requireConfirm: boolean;
  confirmedBy?: string;
  confirmedAt?: Timestamp;
  runner?: string;
  duration?: number;
  createdAt: Timestamp;
  updatedAt: Timestamp;
  startedAt?: Timestamp;
  completedAt?: Timestamp;
  /** Why it is not running, in a sentence. */
  waitingFor?: string;
}

export interface Deployment {
  id: string;
  versionId: string;
  version: string;
  environmentId: string;
  environment: string;
  applicationIds: string[];
  applications: string[];
  mustInOrder: string[];
  strategy: DeployStep[];
  manualApproval: boolean;
  status: RunStatus;
  /** 0–100. */
  progress: number;
  requireConfirm: boolean;
  grayscaleEnabled: boolean;
  grayscaleRatio: number;
  reason?: string;
  createdBy: string;
  createdAt: Timestamp;
  updatedAt: Timestamp;
  startedAt?: Timestamp;
  completedAt?: Timestamp;
  duration?: number;
  errorMessage?: string;
  waitingFor?: string;
  /** Empty in lists; in a live message only those that changed. */
  tasks: DeploymentTask[];
  urls?: string[];
}

export interface CreateDeployment {
  version?: string;
  environment?: string;
  environments?: string[];
  applicationIds?: string[];
  ref?: string;
  onConflict?: 'reject' | 'queue' | 'supersede';
  reason?: string;
}

export interface DeploymentsCreated {
  id: string;
  deployments: Deployment[];
}

export interface ActionRequest {
  reason?: string;
}

export interface DeploymentEvent {
  /** Global and gap-free. */
  sequence: number;
  version: number;
  name: string;
  at: Timestamp;
  actor: string;
  data?: unknown;
}

export type LogLevel = 'info' | 'warn' | 'error';

export interface TaskLogLine {
  /** Grows by one with every line of the task, over all attempts. */
  sequence: number;
  attempt: number;
  timestamp: Timestamp;
  level: LogLevel;
  message: string;
}

export interface TaskLogs {
  taskId: string;
  logs: TaskLogLine[];
}

export interface LiveMessage {
  type: 'event' | 'hello' | 'ping';
  sequence: number;
  deploymentId?: string;
  event?: DeploymentEvent;
  deployment?: Deployment;
}

export interface AppSource {
  repositoryUrl?: string;
  embedded: boolean;
  image?: string;
  ref: string;
  dockerfilePath: string;
  buildContext: string;
  credentialSecret?: string;
  knownHosts?: string;
  submodules: boolean;
}

export interface AppEndpoint {
  environment: string;
  url: string;
  version?: string;
  commit?: string;
  instances: number;
  status: string;
}

export interface HealthCheck {
  path: string;
  startSeconds: number;
  timeoutSeconds: number;
  successes: number;
  intervalMilliseconds: number;
}

export interface Limits {
  /** 0: unlimited. */
  memoryMb: number;
  cpus: number;
  processes: number;
}

export interface App {
  id: string;
  name: string;
  project: string;
  owner: string;
  source: AppSource;
  imageRepository?: string;
  registry?: string;
  containerPort: number;
  healthCheck: HealthCheck;
  replicas: number;
  limits: Limits;
  variables: Record<string, string>;
  /** Names only; values never leave the server. */
  secrets: string[];
  endpoints: AppEndpoint[];
  createdAt: Timestamp;
  updatedAt: Timestamp;
}

export interface DeployEnvironment {
  id: string;
  name: string;
  project: string;
  default: boolean;
  requireConfirm: boolean;
  nodeLabels: string[];
  variables: Record<string, string>;
  createdAt: Timestamp;
}

export interface RunnerJob {
  jobId: string;
  deploymentId: string;
  taskId: string;
  appId?: string;
  startedAt: Timestamp;
  leaseExpiresAt: Timestamp;
}

export interface RunnerInfo {
  name: string;
  labels: string[];
  capacity: number;
  version?: string;
  status: 'online' | 'lost';
  seenAt: Timestamp;
  jobs: RunnerJob[];
}

export type InstanceState = 'preparing' | 'running' | 'restarting' | 'exited' | 'stopped';

export interface InstanceStatus {
  instanceId: string;
  appId: string;
  environment: string;
  version: string;
  state: InstanceState;
  address?: string;
  digest?: string;
  exitCode?: number;
  restarts: number;
  startedAt?: Timestamp;
  listening: number[];
  lastLines: string[];
  failure?: TaskFailure;
}

export interface NodeInfo {
  name: string;
  url: string;
  engine: string;
  labels: string[];
  capacity: number;
  status: 'ready' | 'cordoned' | 'lost';
  version?: string;
  seenAt: Timestamp;
  instances: InstanceStatus[];
}

export interface RouteTarget {
  instanceId: string;
  address: string;
  /** Share of traffic relative to the other targets, 0–1000. */
  weight: number;
}

export interface AppRoute {
  appId: string;
  environment: string;
  prefix: string;
  targets: RouteTarget[];
  sticky: boolean;
}

export interface GatewayInfo {
  name: string;
  version: number;
  alive: boolean;
  seenAt: Timestamp;
}

export interface RoutesInfo {
  version: number;
  routes: AppRoute[];
  gateways: GatewayInfo[];
}
