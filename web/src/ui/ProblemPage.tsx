import { useTranslation } from 'react-i18next';
import { ApiError } from '~/lib/api';
import { NotFound } from './NotFound';
import { ProblemAlert } from './ProblemAlert';
import classes from './EmptyState.module.css';

/** A page that could not be shown. */
export function ProblemPage({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { t } = useTranslation();
  if (error instanceof ApiError && error.status === 404) return <NotFound />;
  return (
    <div className={classes.page}>
      <h1 className={classes.title}>{t('problem.pageTitle')}</h1>
      <div className={classes.wide}>
        <ProblemAlert error={error} onRetry={onRetry} />
      </div>
    </div>
  );
}
