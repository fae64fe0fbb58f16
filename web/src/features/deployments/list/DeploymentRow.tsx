import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Deployment } from '~/lib/api-types';
import { ProgressBar } from '~/ui/ProgressBar';
import { StatusBadge } from '~/ui/StatusBadge';
import { Ago, Elapsed } from '~/ui/Time';
import { appNames } from '../names';
import { toneOf } from '../status';
import classes from './DeploymentRows.module.css';

const SHOWN_APPS = 3;

export const DeploymentRow = memo(function DeploymentRow({ deployment }: { deployment: Deployment }) {
  const { t } = useTranslation();
  const apps = appNames(deployment);
  const more = apps.length - SHOWN_APPS;
  return (
    <tr role="row" className={classes.row}>
      <td role="cell" className={classes.status}>
        <StatusBadge status={deployment.status} />
      </td>
      <td role="cell" className={classes.what}>
        <Link to={`/deployments/${encodeURIComponent(deployment.id)}`} className={classes.link} data-row>
          <span className={classes.apps}>{apps.slice(0, SHOWN_APPS).join(', ')}</span>
          {more > 0 && <span className={classes.version}>{t('deployments.moreApps', { count: more })}</span>}
          <span className={classes.version}>{deployment.version}</span>
        </Link>
        <Remark deployment={deployment} />
      </td>
      <td role="cell" className={classes.environment}>
        {deployment.environment}
      </td>
      <td role="cell" className={classes.progress}>
        {deployment.status !== 'success' && (
          <ProgressBar value={deployment.progress} tone={toneOf(deployment.status)} label={t('deployments.progressOf', { value: deployment.progress })} />
        )}
      </td>
      <td role="cell" className={classes.by}>
        {deployment.createdBy}
      </td>
      <td role="cell" className={classes.when}>
        <Ago at={deployment.createdAt} />
      </td>
      <td role="cell" className={classes.duration}>
        <Elapsed of={deployment} />
      </td>
    </tr>
  );
});

/** The one sentence that explains the state: why it failed, what it waits for, or why it was made. */
function Remark({ deployment }: { deployment: Deployment }) {
  if (deployment.errorMessage && deployment.status !== 'running') {
    return (
      <p className={classes.remark} data-error title={deployment.errorMessage}>
        {deployment.errorMessage}
      </p>
    );
  }
  const text = deployment.waitingFor ?? deployment.reason;
  return text ? (
    <p className={classes.remark} title={text}>
      {text}
    </p>
  ) : null;
}
