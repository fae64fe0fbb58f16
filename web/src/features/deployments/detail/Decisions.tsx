import { Button } from '@mantine/core';
import { IconUserQuestion } from '@tabler/icons-react';
import { useId, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Deployment } from '~/lib/api-types';
import { decisionsOf, type Decision } from '../decisions';
import { useSay } from '../use-say';
import classes from './Decisions.module.css';
import { DecisionFacts } from './DecisionFacts';
import { DecisionDialog, type Asked } from './DecisionDialog';

/** Everything that waits for a person, with what is needed to decide it. `heading`: instead of how much it is. */
export function Decisions({ deployment, heading }: { deployment: Deployment; heading?: ReactNode }) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState<Asked>();
  const headingId = useId();
  const decisions = decisionsOf(deployment);
  if (decisions.length === 0 && !asked) return null;
  return (
    <>
      {decisions.length > 0 && (
        <section aria-labelledby={headingId}>
          <div className={classes.head}>
            <h2 id={headingId}>{heading ?? t('decision.heading', { count: decisions.length })}</h2>
            {decisions.length > 1 && (
              <Button
                size="compact-sm"
                variant="default"
                onClick={() => {
                  setAsked({ act: 'confirm', tasks: decisions.map(({ task }) => task.id) });
                }}
              >
                {t('decision.confirmAll', { count: decisions.length })}
              </Button>
            )}
          </div>
          <ul className={classes.cards}>
            {decisions.map((decision) => (
              <Card key={decision.task.id} deployment={deployment} decision={decision} onAsk={setAsked} />
            ))}
          </ul>
        </section>
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

function Card({ deployment, decision, onAsk }: { deployment: Deployment; decision: Decision; onAsk: (asked: Asked) => void }) {
  const { t } = useTranslation();
  const say = useSay()(deployment, decision.approvals);
  const { task } = decision;
  return (
    <li className={classes.card}>
      <div className={classes.what}>
        <div className={classes.title}>
          <IconUserQuestion size={18} aria-hidden />
          <h3>
            {task.appId && <span className={classes.app}>{task.appId} / </span>}
            <Link to={`/deployments/${encodeURIComponent(deployment.id)}?task=${encodeURIComponent(task.id)}`}>{task.name}</Link>
          </h3>
        </div>
        <DecisionFacts deployment={deployment} decision={decision} why={say.why} />
      </div>
      <div className={classes.buttons}>
        {(['reject', 'confirm'] as const).map(
          (act) =>
            say[act] && (
              <Button
                key={act}
                size="xs"
                variant={act === 'confirm' ? 'filled' : 'default'}
                onClick={() => {
                  onAsk({ act, tasks: [task.id] });
                }}
              >
                {t(decision.asks ? `decision.question.${act}` : `decision.${act}.label`)}
              </Button>
            ),
        )}
      </div>
    </li>
  );
}
