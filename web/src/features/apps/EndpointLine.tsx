import type { AppEndpoint } from '~/lib/api-types';
import { ExternalLink } from '~/ui/ExternalLink';
import classes from './Apps.module.css';
import { EndpointStatus } from './EndpointStatus';

/** One place where an app runs: environment, how it stands, version, address. */
export function EndpointLine({ endpoint }: { endpoint: AppEndpoint }) {
  return (
    <span className={classes.endpoint}>
      <span className={classes.environment}>{endpoint.environment}</span>
      <EndpointStatus status={endpoint.status} />
      {endpoint.version && <span>{endpoint.version}</span>}
      <ExternalLink href={endpoint.url} />
    </span>
  );
}
