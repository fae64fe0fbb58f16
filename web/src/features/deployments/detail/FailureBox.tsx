import { useTranslation } from 'react-i18next';
import type { TaskFailure } from '~/lib/api-types';
import classes from './TaskList.module.css';

/** What stopped a task and what to do about it. */
export function FailureBox({ failure }: { failure: TaskFailure }) {
  const { t } = useTranslation();
  return (
    <div className={classes.failure}>
      <p className={classes.failureText}>{failure.message}</p>
      {failure.advice && (
        <p className={classes.advice}>
          <strong>{t('deployment.advice')}: </strong>
          {failure.advice}
        </p>
      )}
      <p className={classes.code}>
        {t('common.code')} <code>{failure.code}</code>
      </p>
    </div>
  );
}
