import { Button, CloseButton } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import type { Deployment, DeploymentTask } from '~/lib/api-types';
import { StatusBadge } from '~/ui/StatusBadge';
import { canRetry } from '../actions';
import { decisionsOf } from '../decisions';
import { useRetry } from '../queries';
import { summaryOf } from '../roll-out';
import { useSay } from '../use-say';
import { ActionDialog } from './ActionDialog';
import { DecisionDialog, type Asked } from './DecisionDialog';
import classes from './DeploymentPage.module.css';
import { StepFacts } from './StepFacts';

/** Which task the log is of, what it does or did in a roll-out, and what a person can do about it. */
export function TaskLogHeader({ deployment, task, onClose }: { deployment: Deployment; task: DeploymentTask; onClose?: () => void }) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState<Asked>();
  const decision = decisionsOf(deployment).find((each) => each.task.id === task.id);
  const say = useSay()(deployment, decision?.approvals ?? []);
  return (
    <>
      <div className={classes.logHead}>
        <h2 className={classes.logTitle}>
          {task.appId && <span className={classes.logApp}>{task.appId} / </span>}
          {task.name}
        </h2>
        <StatusBadge status={task.status} />
        <div className={classes.logActions}>
          {onClose &&
            decision &&
            (['reject', 'confirm'] as const).map(
              (act) =>
                say[act] && (
                  <Button
                    key={act}
                    size="compact-sm"
                    variant={act === 'confirm' ? 'filled' : 'default'}
                    onClick={() => {
                      setAsked({ act, tasks: [task.id] });
                    }}
                  >
                    {t(decision.asks ? `decision.question.${act}` : `decision.${act}.label`)}
                  </Button>
                ),
            )}
          {canRetry(deployment, task) && <RetryButton task={task} />}
          {onClose && <CloseButton aria-label={t('logs.close')} onClick={onClose} />}
        </div>
      </div>
      {/* Without a sheet over them, the page's decisions say it already. */}
      {(onClose ?? !decision) && summaryOf(task, deployment.tasks) && (
        <div className={classes.step}>
          <StepFacts task={task} tasks={deployment.tasks} />
        </div>
      )}
      {asked && (
        <DecisionDialog
          deployment={deployment}
          asked={asked}
          onClose={() => {
            setAsked(undefined);
          }}
        />
      )}
    </>
  );
}

function RetryButton({ task }: { task: DeploymentTask }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const retry = useRetry(task.deploymentId, task.id);
  const [asked, setAsked] = useState(false);
  return (
    <>
      <Button
        size="compact-sm"
        variant="default"
        onClick={() => {
          retry.reset();
          setAsked(true);
        }}
      >
        {t('taskAction.retry.label')}
      </Button>
      <ActionDialog
        opened={asked}
        title={t('taskAction.retry.title', { name: task.name })}
        text={t('taskAction.retry.text')}
        label={t('taskAction.retry.label')}
        danger={false}
        pending={retry.isPending}
        error={retry.error}
        onClose={() => {
          setAsked(false);
        }}
        onConfirm={(reason) => {
          retry.mutate({ reason }, { onSuccess: ({ id }) => void navigate(`/deployments/${encodeURIComponent(id)}`) });
        }}
      />
    </>
  );
}
