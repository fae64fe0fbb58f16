import { ActionIcon, Skeleton, Tooltip } from '@mantine/core';
import { IconBraces } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Fragment, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Deployment, DeploymentEvent } from '~/lib/api-types';
import { formatClock, formatDay, formatMoment } from '~/lib/time';
import panel from '~/ui/Panel.module.css';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { StatusIcon } from '~/ui/StatusBadge';
import { eventsQuery } from '../queries';
import { describeEvent } from './describe-event';
import classes from './HistoryTab.module.css';

/** Everything that happened, in order, as it was recorded. */
export function HistoryTab({ deployment }: { deployment: Deployment }) {
  const { t, i18n } = useTranslation();
  const events = useQuery(eventsQuery(deployment.id));
  if (events.isPending) return <Skeleton height={280} />;
  if (events.isError) return <ProblemAlert error={events.error} onRetry={() => void events.refetch()} />;
  if (events.data.length === 0) return <p className={panel.note}>{t('history.empty')}</p>;
  return (
    <ol className={`${panel.panel ?? ''} ${classes.events ?? ''}`} aria-label={t('history.list')}>
      {events.data.map((event, index) => {
        const day = formatDay(event.at, i18n.language);
        const before = events.data[index - 1];
        return (
          <Fragment key={event.sequence}>
            {(!before || formatDay(before.at, i18n.language) !== day) && <li className={classes.day}>{day}</li>}
            <HistoryEvent event={event} deployment={deployment} />
          </Fragment>
        );
      })}
    </ol>
  );
}

function HistoryEvent({ event, deployment }: { event: DeploymentEvent; deployment: Deployment }) {
  const { t, i18n } = useTranslation();
  const [opened, setOpened] = useState(false);
  const data = useId();
  const told = describeEvent(event, deployment.tasks);
  const hasData = event.data !== undefined && event.data !== null;
  const words = {
    task: told.task ?? '',
    runner: told.runner ?? '',
    attempt: told.attempt ?? 1,
    count: told.count ?? 0,
    status: told.to ? t(`status.${told.to}`) : '',
  };
  return (
    <li className={classes.event}>
      <time dateTime={event.at} title={formatMoment(event.at, i18n.language)} className={classes.at}>
        {formatClock(event.at)}
      </time>
      <StatusIcon status={told.status} size={16} />
      <div className={classes.what}>
        <p>
          {told.kind === 'other' ? <code>{event.name}</code> : t(`history.events.${told.kind}`, words)}
          {event.actor !== told.runner && <span className={classes.actor}>{t('history.by', { actor: event.actor })}</span>}
        </p>
        {told.detail && <p className={classes.detail}>{told.detail}</p>}
        {opened && (
          <pre id={data} tabIndex={0}>
            {JSON.stringify(event.data, null, 2)}
          </pre>
        )}
      </div>
      {hasData && (
        <Tooltip label={t('history.data')}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            className={classes.more}
            aria-label={`${t('history.data')} #${event.sequence}`}
            aria-expanded={opened}
            aria-controls={opened ? data : undefined}
            onClick={() => {
              setOpened(!opened);
            }}
          >
            <IconBraces size={15} aria-hidden />
          </ActionIcon>
        </Tooltip>
      )}
    </li>
  );
}
