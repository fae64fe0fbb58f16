import { SegmentedControl, useMantineColorScheme, type MantineColorScheme } from '@mantine/core';
import { IconDeviceDesktop, IconMoon, IconSun } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { chooseLanguage, LANGUAGES, type Language } from '../i18n';
import classes from './Shell.module.css';

export function SchemeSwitch({ fullWidth = false }: { fullWidth?: boolean }) {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const choices = [
    { value: 'auto', label: t('nav.system'), Icon: IconDeviceDesktop },
    { value: 'light', label: t('nav.light'), Icon: IconSun },
    { value: 'dark', label: t('nav.dark'), Icon: IconMoon },
  ];
  return (
    <SegmentedControl
      size="xs"
      fullWidth={fullWidth}
      aria-label={t('nav.theme')}
      value={colorScheme}
      onChange={(value) => {
        setColorScheme(value as MantineColorScheme);
      }}
      data={choices.map(({ value, label, Icon }) => ({
        value,
        label: (
          <span className={classes.choice}>
            <Icon size={14} aria-hidden />
            {label}
          </span>
        ),
      }))}
    />
  );
}

export function LanguageSwitch({ fullWidth = false }: { fullWidth?: boolean }) {
  const { t, i18n } = useTranslation();
  return (
    <SegmentedControl
      size="xs"
      fullWidth={fullWidth}
      aria-label={t('nav.language')}
      value={i18n.language}
      onChange={(value) => void chooseLanguage(value as Language)}
      data={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label: <span lang={value}>{label}</span> }))}
    />
  );
}
