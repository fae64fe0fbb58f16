import { Loader } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import classes from './Shell.module.css';

/** Before anything can be shown: who is signed in, and the code of the first page, are not there yet. */
export function Waiting() {
  const { t } = useTranslation();
  return (
    <div className={classes.waiting} role="status" aria-label={t('common.loading')}>
      <Loader size="sm" />
    </div>
  );
}
