import { Button, Skeleton } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ProblemAlert } from '~/ui/ProblemAlert';
import panel from '~/ui/Panel.module.css';
import { isFiltered, type DeploymentFilter } from '../filter';
import { deploymentsQuery } from '../queries';
import classes from './DeploymentRows.module.css';
import { DeploymentRows } from './DeploymentRows';
import { FirstDeployment } from './FirstDeployment';

export function DeploymentList({ filter, onClear }: { filter: DeploymentFilter; onClear: () => void }) {
  const { t } = useTranslation();
  const list = useInfiniteQuery(deploymentsQuery(filter));

  if (list.isPending) return <Placeholder />;
  if (list.isError) return <ProblemAlert error={list.error} onRetry={() => void list.refetch()} />;

  const deployments = list.data.pages.flatMap((page) => page.items);
  if (deployments.length === 0) {
    if (!isFiltered(filter)) return <FirstDeployment />;
    return (
      <div className={`${panel.panel} ${classes.nothing}`} role="status">
        <p>{t('deployments.noMatch')}</p>
        <Button variant="default" onClick={onClear}>
          {t('deployments.clearFilter')}
        </Button>
      </div>
    );
  }
  return (
    <>
      <div className={panel.panel}>
        <DeploymentRows deployments={deployments} />
      </div>
      <div className={classes.foot}>
        {list.hasNextPage ? (
          <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t('common.loadMore')}
          </Button>
        ) : (
          list.data.pages.length > 1 && <p className={classes.end}>{t('deployments.end')}</p>
        )}
      </div>
    </>
  );
}

function Placeholder() {
  const { t } = useTranslation();
  return (
    <div className={panel.panel} role="status" aria-label={t('common.loading')}>
      {Array.from({ length: 6 }, (_, index) => (
        <div key={index} className={classes.placeholder}>
          <Skeleton height={22} width={96} radius="xl" />
          <Skeleton height={12} width="38%" />
        </div>
      ))}
    </div>
  );
}
