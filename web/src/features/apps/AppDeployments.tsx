import { Skeleton } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { DeploymentRows } from '~/features/deployments/list/DeploymentRows';
import { deploymentsQuery } from '~/features/deployments/queries';
import type { App } from '~/lib/api-types';
import panel from '~/ui/Panel.module.css';
import { ProblemAlert } from '~/ui/ProblemAlert';
import classes from './Apps.module.css';

const SHOWN = 8;

/** The latest deployments of one app, live. */
export function AppDeployments({ app }: { app: App }) {
  const { t } = useTranslation();
  const list = useInfiniteQuery(deploymentsQuery({ app: app.id }, SHOWN));
  const deployments = list.data?.pages[0]?.items.slice(0, SHOWN);
  return (
    <section className={`${panel.panel ?? ''} ${panel.section ?? ''}`} aria-labelledby="deployments">
      <div className={panel.head}>
        <h2 className={panel.heading} id="deployments">
          {t('app.deployments')}
        </h2>
        <Link to={`/?app=${encodeURIComponent(app.id)}`} className={classes.all}>
          {t('app.allDeployments')}
        </Link>
      </div>
      {list.isPending && <Skeleton height={120} />}
      {list.isError && <ProblemAlert error={list.error} onRetry={() => void list.refetch()} />}
      {deployments && (deployments.length > 0 ? <DeploymentRows deployments={deployments} /> : <p className={panel.note}>{t('app.noDeployments')}</p>)}
    </section>
  );
}
