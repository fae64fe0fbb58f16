import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import type { Deployment } from '~/lib/api-types';
import { allowedActions, DANGEROUS, type DeploymentAction } from '../actions';
import { useDeploymentAction } from '../queries';
import { ActionDialog } from './ActionDialog';
import classes from './DeploymentPage.module.css';

/** What may be done in the present state; the first is the one that is most likely wanted. */
export function DeploymentActions({ deployment }: { deployment: Deployment }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const act = useDeploymentAction(deployment.id);
  const [asked, setAsked] = useState<DeploymentAction>();
  const actions = allowedActions(deployment);
  if (actions.length === 0 && !asked) return null;

  function confirm(action: DeploymentAction, reason: string | undefined) {
    act.mutate(
      { action, reason },
      {
        onSuccess: (answer) => {
          setAsked(undefined);
          // Going back from a success, or on from a failure, makes another deployment: that is what one wants to watch.
          if (answer && answer.id !== deployment.id) void navigate(`/deployments/${encodeURIComponent(answer.id)}`);
        },
      },
    );
  }

  return (
    <div className={classes.actions} role="group" aria-label={t('deployment.actions')}>
      {[...actions].reverse().map((action) => (
        <Button
          key={action}
          variant={action === actions[0] && !DANGEROUS[action] ? 'filled' : 'default'}
          onClick={() => {
            act.reset();
            setAsked(action);
          }}
        >
          {t(`action.${action}.label`)}
        </Button>
      ))}
      <ActionDialog
        key={asked}
        opened={asked !== undefined}
        title={asked && t(`action.${asked}.title`)}
        text={asked && (asked === 'rollback' && deployment.status === 'success' ? t('action.rollbackDone') : t(`action.${asked}.text`))}
        label={asked && t(`action.${asked}.label`)}
        danger={asked !== undefined && DANGEROUS[asked]}
        pending={act.isPending}
        error={act.error}
        onClose={() => {
          setAsked(undefined);
        }}
        onConfirm={(reason) => {
          if (asked) confirm(asked, reason);
        }}
      />
    </div>
  );
}
