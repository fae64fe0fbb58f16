import { Button, Modal } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Deployment } from '~/lib/api-types';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { decisionsOf } from '../decisions';
import { graphChanges } from '../graph-changes';
import { useDecide, type Verdict } from '../queries';
import { DecisionFacts } from './DecisionFacts';
import classes from './DeploymentPage.module.css';
import { GraphChanges } from './GraphChanges';
import { ReasonField } from './ReasonField';

export interface Asked {
  act: Verdict;
  /** One task, or all that wait. */
  tasks: string[];
}

/**
 * Confirms or refuses what waits. What is confirmed is the graph as it was shown: when it is edited in the meantime the
 * new one is shown, and only after the reader has gone on from there can it be confirmed.
 */
export function DecisionDialog({ deployment, asked: { act, tasks }, onClose }: { deployment: Deployment; asked: Asked; onClose: () => void }) {
  const { t } = useTranslation();
  const decide = useDecide(deployment.id);
  const [shown, setShown] = useState(deployment);
  const [reason, setReason] = useState('');
  const edited = deployment.graphVersion !== shown.graphVersion;
  const decisions = decisionsOf(deployment).filter(({ task }) => tasks.includes(task.id));
  const [first] = decisions;
  const asks = decisions.length === 1 && first?.asks;

  function submit() {
    decide.mutate({ act, tasks: decisions.map(({ task }) => task.id), reason: reason.trim() || undefined, graphVersion: shown.graphVersion }, { onSuccess: onClose });
  }
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={tasks.length > 1 ? t(`decision.${act}.titleAll`, { count: tasks.length }) : t(`decision.${act}.title`, { name: first?.task.name ?? '' })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
      classNames={{ title: classes.dialogTitle }}
    >
      <form
        className={classes.dialog}
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        {edited ? (
          <div className={classes.edited} role="alert">
            <p>{t('decision.edited')}</p>
            <GraphChanges lines={graphChanges(shown.tasks, deployment.tasks)} />
          </div>
        ) : decisions.length === 0 ? (
          <p className={classes.dialogText} role="alert">
            {t('decision.gone')}
          </p>
        ) : (
          <>
            <p className={classes.dialogText}>{t(asks ? `decision.question.${act}Text` : `decision.${act}.text`)}</p>
            {decisions.map((decision) => (
              <div key={decision.task.id} className={classes.decided}>
                {decisions.length > 1 && <h3>{decision.task.appId ? `${decision.task.appId} / ${decision.task.name}` : decision.task.name}</h3>}
                <DecisionFacts deployment={deployment} decision={decision} />
              </div>
            ))}
            <ReasonField value={reason} onChange={setReason} />
          </>
        )}
        {decide.error && !edited ? <ProblemAlert error={decide.error} /> : null}
        <div className={classes.dialogButtons}>
          <Button variant="default" onClick={onClose} disabled={decide.isPending}>
            {t(decisions.length === 0 && !edited ? 'common.close' : 'action.keep')}
          </Button>
          {/* Keys: were it one button that becomes the other, the click that leads on to the question would answer it. */}
          {edited ? (
            <Button
              key="go on"
              onClick={() => {
                setShown(deployment);
                decide.reset();
              }}
            >
              {t('decision.goOn')}
            </Button>
          ) : (
            decisions.length > 0 && (
              <Button key="decide" type="submit" color={act === 'reject' ? 'red.8' : undefined} loading={decide.isPending}>
                {t(asks ? `decision.question.${act}` : `decision.${act}.label`)}
              </Button>
            )
          )}
        </div>
      </form>
    </Modal>
  );
}
