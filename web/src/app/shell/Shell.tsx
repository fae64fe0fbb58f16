import { ActionIcon, Drawer } from '@mantine/core';
import { IconMenu2 } from '@tabler/icons-react';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, Navigate, Outlet, ScrollRestoration, useLocation, useNavigation } from 'react-router';
import { LiveProvider } from '~/features/live/LiveProvider';
import { useMe } from '~/features/session/session';
import type { Me } from '~/lib/api-types';
import { useFilterKey } from '~/lib/list-keys';
import { Logo } from '~/ui/Logo';
import { ProblemPage } from '~/ui/ProblemPage';
import { AccountMenu } from './AccountMenu';
import { Announcer } from './Announcer';
import { LiveBanner } from './LiveBanner';
import { Navigation } from './Navigation';
import classes from './Shell.module.css';
import { Shortcuts } from './Shortcuts';
import { Waiting } from './Waiting';

/** Everything around a page: who is signed in, navigation, the live feed, and what belongs to every page. */
export function Shell() {
  const me = useMe();
  const location = useLocation();
  if (me.isPending) return <Waiting />;
  if (me.error) return <ProblemPage error={me.error} onRetry={() => void me.refetch()} />;
  if (!me.data) {
    const here = location.pathname + location.search;
    return <Navigate to={here === '/' ? '/login' : `/login?next=${encodeURIComponent(here)}`} replace />;
  }
  return (
    <LiveProvider>
      <Frame me={me.data} />
    </LiveProvider>
  );
}

function Frame({ me }: { me: Me }) {
  const { t } = useTranslation();
  const [menu, setMenu] = useState(false);
  const [help, setHelp] = useState(false);
  const moving = useNavigation().state === 'loading';
  const openHelp = useCallback(() => {
    setHelp(true);
  }, []);
  useFilterKey();

  const side = (onNavigate?: () => void) => (
    <>
      <Navigation onNavigate={onNavigate} />
      <AccountMenu me={me} onShortcuts={openHelp} />
    </>
  );
  return (
    <div className={classes.frame}>
      <a href="#content" className={classes.skip}>
        {t('nav.skip')}
      </a>
      <header className={classes.side}>
        <Brand />
        {side()}
      </header>
      <header className={classes.top}>
        <Brand />
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={t('nav.open')}
          onClick={() => {
            setMenu(true);
          }}
        >
          <IconMenu2 size={20} aria-hidden />
        </ActionIcon>
      </header>
      <Drawer
        opened={menu}
        onClose={() => {
          setMenu(false);
        }}
        size={272}
        padding="sm"
        title={<Brand />}
        closeButtonProps={{ 'aria-label': t('nav.close') }}
        classNames={{ body: classes.drawer, content: classes.drawerContent }}
      >
        {side(() => {
          setMenu(false);
        })}
      </Drawer>
      <div className={classes.body}>
        {moving && <div className={classes.moving} aria-hidden />}
        <LiveBanner />
        <main id="content" tabIndex={-1} className={classes.content}>
          <Outlet />
        </main>
      </div>
      <Announcer />
      <Shortcuts
        opened={help}
        onOpen={openHelp}
        onClose={() => {
          setHelp(false);
        }}
      />
      <ScrollRestoration />
    </div>
  );
}

function Brand() {
  return (
    <Link to="/" className={classes.brand}>
      <Logo size={26} />
      Boreas
    </Link>
  );
}
