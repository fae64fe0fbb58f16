import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { RunnerInfo } from '~/lib/api-types';
import { DataTable } from '~/ui/DataTable';
import { StateBadge } from '~/ui/StatusBadge';
import { Ago, Elapsed } from '~/ui/Time';
import classes from './Fleet.module.css';
import { Labels } from './Labels';

export function RunnerTable({ runners }: { runners: RunnerInfo[] }) {
  const { t } = useTranslation();
  return (
    <DataTable
      label={t('fleet.runners')}
      rows={runners}
      rowKey={({ name }) => name}
      columns={[
        { label: t('fleet.name'), cell: ({ name }) => <span className={classes.name}>{name}</span> },
        {
          label: t('fleet.status'),
          cell: ({ status }) => <StateBadge tone={status === 'online' ? 'good' : 'bad'} label={t(`fleet.state.${status}`, { defaultValue: status })} />,
        },
        { label: t('fleet.jobs'), cell: (runner) => <Jobs runner={runner} />, grow: true },
        { label: t('fleet.labels'), cell: ({ labels }) => <Labels labels={labels} /> },
        { label: t('fleet.version'), cell: ({ version }) => version?.replace(/\+(.{8}).*/, ' ($1)') ?? '–' },
        { label: t('fleet.seen'), cell: ({ seenAt }) => <Ago at={seenAt} /> },
      ]}
    />
  );
}

function Jobs({ runner }: { runner: RunnerInfo }) {
  const { t } = useTranslation();
  return (
    <div>
      <span className={classes.load}>{runner.jobs.length === 0 ? t('fleet.idle') : t('fleet.load', { used: runner.jobs.filter((job) => !job.watches).length, capacity: runner.capacity })}</span>
      {runner.jobs.length > 0 && (
        <ul className={classes.list}>
          {runner.jobs.map((job) => (
            <li key={job.jobId}>
              <Link className={classes.link} to={`/deployments/${encodeURIComponent(job.deploymentId)}?task=${encodeURIComponent(job.taskId)}`}>
                {job.appId ?? t('fleet.task', { task: job.taskId })}
              </Link>{' '}
              <span className={classes.dim}>
                {job.watches && `${t('fleet.watches')} · `}
                <Elapsed of={{ startedAt: job.startedAt }} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
