import { Button } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { toProblem } from '~/lib/api';
import classes from './ProblemAlert.module.css';

/** What failed, why, and what to do, as the server says it. */
export function ProblemAlert({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation();
  const problem = toProblem(error);
  const unreachable = problem.code === 'unreachable';
  const advice = unreachable ? t('problem.unreachableAdvice') : problem.advice;
  return (
    <div role="alert" className={classes.problem}>
      <IconAlertCircle size={18} aria-hidden className={classes.icon} />
      <div className={classes.text}>
        <p className={classes.title}>{unreachable ? t('problem.unreachable') : problem.title}</p>
        {problem.detail && problem.detail !== problem.title && <p>{problem.detail}</p>}
        {problem.errors && problem.errors.length > 0 && (
          <ul>
            {problem.errors.map((each) => (
              <li key={each.field + each.message}>
                <code>{each.field}</code> {each.message}
              </li>
            ))}
          </ul>
        )}
        {advice && <p className={classes.advice}>{advice}</p>}
        <p className={classes.code}>
          {t('common.code')} <code>{problem.code}</code>
          {problem.traceId && (
            <>
              {' · '}
              {t('common.trace')} <code>{problem.traceId}</code>
            </>
          )}
        </p>
        {onRetry && (
          <Button variant="default" size="xs" mt={8} onClick={onRetry}>
            {t('common.retry')}
          </Button>
        )}
      </div>
    </div>
  );
}
