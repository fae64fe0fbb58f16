import { Menu, UnstyledButton } from '@mantine/core';
import { IconKeyboard, IconLogout, IconSelector } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useLogout } from '~/features/session/session';
import type { Me } from '~/lib/api-types';
import { LanguageSwitch, SchemeSwitch } from './Preferences';
import classes from './Shell.module.css';

export function AccountMenu({ me, onShortcuts }: { me: Me; onShortcuts: () => void }) {
  const { t } = useTranslation();
  const logout = useLogout();
  return (
    <Menu position="top-start" width={264} shadow="md">
      <Menu.Target>
        <UnstyledButton className={classes.account} aria-label={t('nav.account', { name: me.name })}>
          <span className={classes.initial} aria-hidden>
            {(me.name[0] ?? '?').toUpperCase()}
          </span>
          <span className={classes.who}>
            <span className={classes.name}>{me.name}</span>
            <span className={classes.role}>{me.admin ? t('nav.administrator') : t('nav.member')}</span>
          </span>
          <IconSelector size={16} aria-hidden className={classes.more} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('nav.theme')}</Menu.Label>
        <div className={classes.setting}>
          <SchemeSwitch fullWidth />
        </div>
        <Menu.Label>{t('nav.language')}</Menu.Label>
        <div className={classes.setting}>
          <LanguageSwitch fullWidth />
        </div>
        <Menu.Divider />
        <Menu.Item leftSection={<IconKeyboard size={16} aria-hidden />} rightSection={<kbd className={classes.key}>?</kbd>} onClick={onShortcuts}>
          {t('nav.shortcuts')}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconLogout size={16} aria-hidden />}
          onClick={() => {
            logout.mutate();
          }}
        >
          {t('nav.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
