import { Skeleton, Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router';
import { usePageTitle } from '~/lib/page-title';
import { NotFound } from '~/ui/NotFound';
import { ProblemPage } from '~/ui/ProblemPage';
import { appNames } from '../names';
import { deploymentQuery } from '../queries';
import { Decisions } from './Decisions';
import { DeploymentHeader } from './DeploymentHeader';
import classes from './DeploymentPage.module.css';
import { HistoryTab } from './HistoryTab';
import { TasksTab } from './TasksTab';
import { useStatusAnnouncements } from './use-status-announcements';

const TABS = ['tasks', 'history'] as const;

/** One deployment, live. The tab is in the address; 'tasks' is the address without one. */
export function DeploymentPage() {
  const { id = '', tab = 'tasks' } = useParams();
  const { t } = useTranslation();
  const navigate = useNavigate();
  const query = useQuery(deploymentQuery(id));
  const deployment = query.data;
  usePageTitle(deployment && `${appNames(deployment).join(', ')} ${deployment.version}`);
  useStatusAnnouncements(deployment);

  if (!TABS.some((known) => known === tab)) return <NotFound />;
  if (query.isPending) return <Placeholder />;
  if (!deployment) return <ProblemPage error={query.error} onRetry={() => void query.refetch()} />;

  const here = `/deployments/${encodeURIComponent(id)}`;
  return (
    <>
      <DeploymentHeader deployment={deployment} />
      <div className={classes.decisions}>
        <Decisions key={deployment.id} deployment={deployment} />
      </div>
      <Tabs
        value={tab}
        onChange={(chosen) => void navigate(chosen === 'tasks' ? here : `${here}/${chosen ?? ''}`, { replace: true, preventScrollReset: true })}
        keepMounted={false}
        className={classes.tabs}
      >
        <Tabs.List className={classes.tabList}>
          {TABS.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`deployment.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="tasks" className={classes.fill}>
          <TasksTab deployment={deployment} />
        </Tabs.Panel>
        <Tabs.Panel value="history">
          <HistoryTab deployment={deployment} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

function Placeholder() {
  const { t } = useTranslation();
  return (
    <div role="status" aria-label={t('common.loading')}>
      <Skeleton height={14} width={160} mb={12} />
      <Skeleton height={26} width="42%" mb={24} />
      <Skeleton height={64} mb={24} />
      <Skeleton height={320} />
    </div>
  );
}
