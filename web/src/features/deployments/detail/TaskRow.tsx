import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { DeploymentTask } from '~/lib/api-types';
import { StatusBadge, StatusIcon } from '~/ui/StatusBadge';
import { Elapsed } from '~/ui/Time';
import { toneOf } from '../status';
import { FailureBox } from './FailureBox';
import classes from './TaskList.module.css';

/** One task: what it is, how it stands, and why it is not further. Choosing it shows its log. */
export const TaskRow = memo(function TaskRow({ task, waiting, shown }: { task: DeploymentTask; waiting?: string; shown: boolean }) {
  const { t } = useTranslation();
  const type = t(`taskType.${task.type}`, { defaultValue: task.type });
  const remarks = [
    task.name.toLowerCase() !== type.toLowerCase() && type,
    task.attempt > 1 && t('deployment.attempt', { attempt: task.attempt, max: task.maxAttempts }),
    task.runner && t('deployment.onRunner', { runner: task.runner }),
    task.confirmedBy && t('deployment.confirmedBy', { name: confirmed(task) }),
    task.requireConfirm && !task.confirmedBy && (task.status === 'blocked' || task.status === 'pending') && t('deployment.needsConfirm'),
  ].filter((remark): remark is string => typeof remark === 'string');
  return (
    <li className={classes.task} data-shown={shown || undefined}>
      <Link
        to={{ search: `?task=${encodeURIComponent(task.id)}` }}
        replace
        preventScrollReset
        className={classes.link}
        aria-current={shown || undefined}
        data-row
      >
        <span className={classes.mark}>
          <StatusIcon status={task.status} size={18} />
        </span>
        <span className={classes.name}>{task.name}</span>
        <span className={classes.time}>
          <Elapsed of={task} />
        </span>
        <span className={classes.remarks}>
          {task.status === 'waiting_confirm' ? (
            <span>
              <StatusBadge status={task.status} />
            </span>
          ) : (
            <span className={classes.status} data-tone={toneOf(task.status)}>
              {t(`status.${task.status}`, { defaultValue: task.status })}
            </span>
          )}
          {remarks.map((remark) => (
            <span key={remark}>{remark}</span>
          ))}
        </span>
        {waiting && <span className={classes.waiting}>{waiting}</span>}
      </Link>
      {task.failure && task.status !== 'success' && <FailureBox failure={task.failure} />}
    </li>
  );
});

/** Everybody whose confirmation counted, in order. */
function confirmed({ approvals = [], confirmedBy }: DeploymentTask) {
  const graph = approvals.at(-1)?.graphVersion;
  return approvals.filter(({ graphVersion }) => graphVersion === graph).map(({ by }) => by).join(', ') || confirmedBy;
}
