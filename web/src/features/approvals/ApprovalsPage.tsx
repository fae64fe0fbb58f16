import { Button, Skeleton } from '@mantine/core';
import { IconUserCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Decisions } from '~/features/deployments/detail/Decisions';
import { DeploymentRows } from '~/features/deployments/list/DeploymentRows';
import { appNames } from '~/features/deployments/names';
import { deploymentQuery } from '~/features/deployments/queries';
import type { Deployment } from '~/lib/api-types';
import { usePageTitle } from '~/lib/page-title';
import { EmptyState } from '~/ui/EmptyState';
import { PageHeader } from '~/ui/PageHeader';
import panel from '~/ui/Panel.module.css';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { Ago } from '~/ui/Time';
import classes from './Approvals.module.css';
import { useWaiting } from './waiting';

/** What waits for the reader, to be decided here, and what waits for others. */
export function ApprovalsPage() {
  const { t } = useTranslation();
  const { list, mine, others } = useWaiting();
  const heading = useId();
  usePageTitle(t('approvals.title'));
  return (
    <>
      <PageHeader title={t('approvals.title')} />
      {list.isPending ? (
        <Skeleton height={180} />
      ) : list.isError ? (
        <ProblemAlert error={list.error} onRetry={() => void list.refetch()} />
      ) : (
        <>
          {mine.length === 0 && <EmptyState icon={<IconUserCheck size={28} stroke={1.6} aria-hidden />} title={t('approvals.none')} lead={t('approvals.noneLead')} />}
          {mine.map((deployment) => (
            <Waiting key={deployment.id} deployment={deployment} />
          ))}
          {others.length > 0 && (
            <section className={classes.others} aria-labelledby={heading}>
              <h2 id={heading}>{t('approvals.others')}</h2>
              <div className={panel.panel}>
                <DeploymentRows deployments={others} />
              </div>
            </section>
          )}
          {list.hasNextPage && (
            <Button variant="default" mt={16} loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              {t('common.loadMore')}
            </Button>
          )}
        </>
      )}
    </>
  );
}

/** Lists come without tasks: those of one that waits are read for itself. */
function Waiting({ deployment: { id, ...row } }: { deployment: Deployment }) {
  const { t } = useTranslation();
  const query = useQuery(deploymentQuery(id));
  if (query.isError) return <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <Skeleton height={140} mb={20} />;
  return (
    <div className={classes.waiting}>
      <Decisions
        deployment={query.data}
        heading={
          <>
            <Link to={`/deployments/${encodeURIComponent(id)}`}>
              {t('approvals.deployment', { apps: appNames(row).join(', '), version: row.version, environment: row.environment })}
            </Link>
            <span className={classes.by}>
              {row.createdBy}, <Ago at={row.createdAt} />
              {row.reason && `: ${row.reason}`}
            </span>
          </>
        }
      />
    </div>
  );
}
