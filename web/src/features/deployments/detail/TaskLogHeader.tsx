import { Button, CloseButton } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DeploymentTask } from '~/lib/api-types';
import { StatusBadge } from '~/ui/StatusBadge';
import { useTaskAction, type TaskAction } from '../queries';
import { ActionDialog } from './ActionDialog';
import classes from './DeploymentPage.module.css';

/** Which task the log is of, and what a person can decide about it. */
export function TaskLogHeader({ task, decidable, onClose }: { task: DeploymentTask; decidable: boolean; onClose?: () => void }) {
  const { t } = useTranslation();
  const act = useTaskAction(task.deploymentId, task.id);
  const [asked, setAsked] = useState<TaskAction>();
  const actions: TaskAction[] = decidable && task.status === 'waiting_confirm' ? ['reject', 'confirm'] : [];
  return (
    <div className={classes.logHead}>
      <h2 className={classes.logTitle}>
        {task.appId && <span className={classes.logApp}>{task.appId} / </span>}
        {task.name}
      </h2>
      <StatusBadge status={task.status} />
      <div className={classes.logActions}>
        {actions.map((action) => (
          <Button
            key={action}
            size="compact-sm"
            variant={action === 'confirm' ? 'filled' : 'default'}
            onClick={() => {
              act.reset();
              setAsked(action);
            }}
          >
            {t(`taskAction.${action}.label`)}
          </Button>
        ))}
        {onClose && <CloseButton aria-label={t('logs.close')} onClick={onClose} />}
      </div>
      <ActionDialog
        key={asked}
        opened={asked !== undefined}
        title={asked && t(`taskAction.${asked}.title`)}
        text={asked && t(`taskAction.${asked}.text`, { name: task.name })}
        label={asked && t(`taskAction.${asked}.label`)}
        danger={asked === 'reject'}
        pending={act.isPending}
        error={act.error}
        onClose={() => {
          setAsked(undefined);
        }}
        onConfirm={(reason) => {
          if (asked) {
            act.mutate(
              { action: asked, reason },
              {
                onSuccess: () => {
                  setAsked(undefined);
                },
              },
            );
          }
        }}
      />
    </div>
  );
}
