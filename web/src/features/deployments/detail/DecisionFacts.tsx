import { Trans, useTranslation } from 'react-i18next';
import type { Deployment } from '~/lib/api-types';
import { Ago, Until } from '~/ui/Time';
import { rolesThatMay, type Decision, type Say } from '../decisions';
import classes from './Decisions.module.css';
import { StepFacts } from './StepFacts';

/** What happens in the step, who has confirmed it, who may, and until when. */
export function DecisionFacts({ deployment, decision, why }: { deployment: Deployment; decision: Decision; why?: Say['why'] }) {
  const { t, i18n } = useTranslation();
  const { task, approvals, needed } = decision;
  const { confirm, createdBy, groupMembers = {} } = deployment;
  const or = new Intl.ListFormat(i18n.language, { type: 'disjunction' });
  const and = new Intl.ListFormat(i18n.language, { type: 'conjunction' });
  const groups = (confirm?.groups ?? []).map((group) => t('decision.group', { group, members: and.format(groupMembers[group] ?? []) || t('decision.nobody') }));
  const who = or.format([...(confirm?.users ?? []), ...groups, ...rolesThatMay(deployment).map((role) => t(`role.${role}`))]);
  const outdated = (task.approvals ?? []).length > approvals.length;
  return (
    <div className={classes.facts}>
      {decision.asks && <p className={classes.question}>{t('decision.question.title')}</p>}
      <StepFacts task={task} tasks={deployment.tasks} />
      <ul className={classes.lines}>
        {(needed > 1 || approvals.length > 0) && (
          <li>
            {t(approvals.length > 0 ? 'decision.countBy' : 'decision.count', { have: approvals.length, needed })}
            {approvals.map(({ by, at, reason }, index) => (
              <span key={by}>
                {index > 0 && ', '}
                <strong>{by}</strong> (<Ago at={at} />
                {reason && <>: “{reason}”</>})
              </span>
            ))}
          </li>
        )}
        {outdated && <li className={classes.outdated}>{t('decision.outdated')}</li>}
        <li>
          {t('decision.who', { who })}
          {confirm?.allowAuthor === false && t('decision.notAuthor', { name: createdBy })}
        </li>
        {task.waitingUntil && (
          <li>
            <Trans i18nKey={confirm?.onExpiry === 'rollback' ? 'decision.expiresBack' : 'decision.expires'} components={{ until: <Until at={task.waitingUntil} /> }} />
          </li>
        )}
        {why && <li className={classes.outdated}>{t(`decision.why.${why}`)}</li>}
      </ul>
    </div>
  );
}
