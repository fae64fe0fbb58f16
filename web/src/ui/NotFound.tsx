import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { usePageTitle } from '~/lib/page-title';
import classes from './EmptyState.module.css';

export function NotFound() {
  const { t } = useTranslation();
  usePageTitle(t('problem.notFoundTitle'));
  return (
    <div className={classes.page}>
      <h1 className={classes.title}>{t('problem.notFoundTitle')}</h1>
      <p className={classes.lead}>{t('problem.notFound')}</p>
      <Button component={Link} to="/" variant="default">
        {t('problem.backToDeployments')}
      </Button>
    </div>
  );
}
