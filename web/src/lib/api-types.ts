/**
 * What crosses the wire, by the names that the UI uses. The types are generated from the API's own description:
 * `npm run api-types` makes `gen/openapi.ts` from `gen/openapi.json`, which a test of the server holds to what it serves.
 */
import type { components } from '~/gen/openapi';

type Schemas = components['schemas'];

export type ActionRequest = Schemas['ActionRequest'];
export type App = Schemas['App'];
export type AppEndpoint = Schemas['AppEndpoint'];
export type AppRoute = Schemas['AppRoute'];
export type AppSource = Schemas['AppSource'];
export type ConfirmRule = Schemas['ConfirmRule'];
/** What has a default is always in an answer, and the generator takes it for required; in a request it may be left out. */
export type CreateDeployment = Partial<Schemas['CreateDeployment']>;
export type DeployEnvironment = Schemas['DeployEnvironment'];
export type DeployStep = Schemas['DeployStep'];
export type Deployment = Schemas['Deployment'];
export type DeploymentEvent = Schemas['DeploymentEvent'];
export type DeploymentPlan = Schemas['DeploymentPlan'];
export type DeploymentTask = Schemas['DeploymentTask'];
export type DeploymentsCreated = Schemas['DeploymentsCreated'];
export type InstanceState = Schemas['InstanceState'];
export type InstanceStatus = Schemas['InstanceStatus'];
export type LiveMessage = Schemas['LiveMessage'];
export type LogLevel = Schemas['LogLevel'];
export type LoginRequest = Schemas['LoginRequest'];
export type Me = Schemas['Me'];
export type NodeInfo = Schemas['NodeInfo'];
/** Any of the pages: they differ in their items only. */
export type Page<T> = Omit<Schemas['PageOfApp'], 'items'> & { items: T[] };
export type Problem = Schemas['Problem'];
export type Role = Schemas['Role'];
export type RouteTarget = Schemas['RouteTarget'];
export type RoutesInfo = Schemas['RoutesInfo'];
export type RunStatus = Schemas['RunStatus'];
export type RunnerInfo = Schemas['RunnerInfo'];
export type TaskApproval = Schemas['TaskApproval'];
export type TaskFailure = Schemas['TaskFailure'];
export type TaskLogLine = Schemas['TaskLogLine'];
export type TaskLogs = Schemas['TaskLogs'];
export type TaskStatus = Schemas['RunTaskStatus'];
