import { IconApps, IconRocket, IconServer2, IconUserCheck, type Icon } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { NavLink, useLocation } from 'react-router';
import { useWaiting } from '~/features/approvals/waiting';
import classes from './Shell.module.css';

const PAGES: { to: string; label: 'deployments' | 'approvals' | 'apps' | 'fleet'; Icon: Icon }[] = [
  { to: '/', label: 'deployments', Icon: IconRocket },
  { to: '/approvals', label: 'approvals', Icon: IconUserCheck },
  { to: '/apps', label: 'apps', Icon: IconApps },
  { to: '/fleet', label: 'fleet', Icon: IconServer2 },
];

export function Navigation({ onNavigate }: { onNavigate?: () => void }) {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  return (
    <nav aria-label={t('nav.main')}>
      <ul className={classes.pages}>
        {PAGES.map(({ to, label, Icon }) => {
          const here = to === '/' ? pathname === '/' || pathname.startsWith('/deployments') : pathname.startsWith(to);
          return (
            <li key={to}>
              <NavLink to={to} className={classes.page} data-here={here || undefined} aria-current={here ? 'page' : undefined} onClick={onNavigate}>
                <Icon size={18} stroke={1.7} aria-hidden />
                {t(`nav.${label}`)}
                {label === 'approvals' && <WaitingCount />}
              </NavLink>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

/** How many deployments wait for the reader. */
function WaitingCount() {
  const { t } = useTranslation();
  const { mine } = useWaiting();
  if (mine.length === 0) return null;
  return (
    <span className={classes.count} aria-label={t('approvals.count', { count: mine.length })}>
      {mine.length}
    </span>
  );
}
