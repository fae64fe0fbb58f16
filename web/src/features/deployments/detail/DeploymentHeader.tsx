import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Deployment } from '~/lib/api-types';
import { Crumbs } from '~/ui/Crumbs';
import { ExternalLink } from '~/ui/ExternalLink';
import { Facts } from '~/ui/Facts';
import { PageHeader } from '~/ui/PageHeader';
import { ProgressBar } from '~/ui/ProgressBar';
import { StatusBadge } from '~/ui/StatusBadge';
import { Ago, Elapsed } from '~/ui/Time';
import { appName, appNames } from '../names';
import { toneOf } from '../status';
import { DeploymentActions } from './DeploymentActions';
import classes from './DeploymentHeader.module.css';
import { Remarks } from './Remarks';
import { strategySteps } from './strategy-steps';

/** What the deployment is, how it stands, and what can be done about it. */
export function DeploymentHeader({ deployment }: { deployment: Deployment }) {
  const { t } = useTranslation();
  return (
    <>
      <PageHeader
        crumbs={<Crumbs to="/" label={t('deployments.title')} here={deployment.id} />}
        title={
          <>
            {deployment.applicationIds.map((id, index) => (
              <span key={id}>
                {index > 0 && ', '}
                <Link to={`/apps/${encodeURIComponent(id)}`} className={classes.app}>
                  {appName(deployment, id)}
                </Link>
              </span>
            ))}
            {deployment.applicationIds.length === 0 && appNames(deployment).join(', ')}
            <span className={classes.version}> {deployment.version}</span>
          </>
        }
        badge={<StatusBadge status={deployment.status} size="md" />}
        actions={<DeploymentActions key={deployment.id} deployment={deployment} />}
      />
      <section className={classes.summary} aria-label={t('deployment.facts')}>
        <ProgressBar value={deployment.progress} tone={toneOf(deployment.status)} label={t('deployments.progressOf', { value: deployment.progress })} bare />
        <div className={classes.facts}>
          <Facts
            label={t('deployment.facts')}
            facts={[
              { label: t('deployment.environment'), value: deployment.environment },
              { label: t('deployment.duration'), value: <Elapsed of={deployment} /> },
              { label: t('deployment.created'), value: <Ago at={deployment.createdAt} /> },
              { label: t('deployment.completed'), value: deployment.completedAt && <Ago at={deployment.completedAt} /> },
              { label: t('deployment.by'), value: deployment.createdBy },
              { label: t('deployment.strategy'), value: deployment.kind === 'move' ? undefined : <Strategy deployment={deployment} />, wide: 'narrow' },
              { label: t('deployment.url'), value: deployment.urls?.length ? <Urls urls={deployment.urls} /> : undefined, wide: 'narrow' },
              { label: t('deployment.reason'), value: deployment.reason, wide: 'narrow' },
            ]}
          />
        </div>
        <Remarks deployment={deployment} />
      </section>
    </>
  );
}

function Urls({ urls }: { urls: string[] }) {
  return (
    <span className={classes.urls}>
      {urls.map((url) => (
        <ExternalLink key={url} href={url} />
      ))}
    </span>
  );
}

function Strategy({ deployment }: { deployment: Deployment }) {
  const { t, i18n } = useTranslation();
  return strategySteps(deployment.strategy)
    .map((step) => {
      if (step.kind === 'canary') return t('deployment.strategies.canary', { percent: new Intl.NumberFormat(i18n.language, { style: 'percent' }).format(step.ratio) });
      if (step.kind === 'rolling') return t('deployment.strategies.rolling', { count: step.size });
      return t(`deployment.strategies.${step.kind}`);
    })
    .join(' → ');
}
