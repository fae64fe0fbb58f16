import { IconApps, IconRocket, IconServer2, type Icon } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { NavLink, useLocation } from 'react-router';
import classes from './Shell.module.css';

const PAGES: { to: string; label: 'deployments' | 'apps' | 'fleet'; Icon: Icon }[] = [
  { to: '/', label: 'deployments', Icon: IconRocket },
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
              </NavLink>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
