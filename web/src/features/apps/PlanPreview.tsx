import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { planQuery } from '~/features/deployments/queries';
import { summaryOf } from '~/features/deployments/roll-out';
import type { CreateDeployment, DeploymentTask } from '~/lib/api-types';
import { formatDuration } from '~/lib/time';
import { ProblemAlert } from '~/ui/ProblemAlert';
import classes from './Apps.module.css';

/** The tasks that a deployment would have, in their order, and what is in its way at present; nothing is recorded. */
export function PlanPreview({ request }: { request: CreateDeployment }) {
  const { t } = useTranslation();
  const plan = useQuery(planQuery(request));
  if (plan.error) return <ProblemAlert error={plan.error} />;
  const planned = plan.data?.deployments[0];
  const tasks = planned?.tasks;
  return (
    <section aria-label={t('app.plan')} className={classes.plan}>
      <h3>{t('app.plan')}</h3>
      {tasks ? (
        <ol>
          {tasks.map((task) => (
            <li key={task.id}>
              <TaskWords task={task} tasks={tasks} />
              {task.requireConfirm && <span className={classes.dim}>{t('deployment.needsConfirm')}</span>}
            </li>
          ))}
        </ol>
      ) : (
        <Skeleton height={160} />
      )}
      {planned?.waitingFor && <p>{planned.waitingFor}</p>}
      {plan.data?.refusals.map(({ code, message, advice }) => (
        <p key={code} className={classes.refusal}>
          {message} {advice}
        </p>
      ))}
    </section>
  );
}

/** The steps of a roll-out in words; of everything else what it is. */
function TaskWords({ task, tasks }: { task: DeploymentTask; tasks: DeploymentTask[] }) {
  const { t, i18n } = useTranslation();
  const summary = summaryOf(task, tasks);
  if (summary?.kind === 'watch') return <span>{t('app.planWatch', { duration: formatDuration(summary.seconds, i18n.language) })}</span>;
  if (summary?.kind !== 'plan') return <span>{task.type === 'custom' ? task.name : t(`taskType.${task.type}`)}</span>;
  const share = new Intl.NumberFormat(i18n.language, { style: 'percent', maximumFractionDigits: 1 }).format(summary.share);
  return <span>{t('app.planStep', { count: summary.instances, of: summary.of, share })}</span>;
}
