import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import classes from './PageHeader.module.css';

/** The way back up. */
export function Crumbs({ to, label, here }: { to: string; label: string; here: string }) {
  const { t } = useTranslation();
  return (
    <nav aria-label={t('deployment.crumb')} className={classes.crumbs}>
      <ol>
        <li>
          <Link to={to}>{label}</Link>
        </li>
        <li aria-current="page">{here}</li>
      </ol>
    </nav>
  );
}
