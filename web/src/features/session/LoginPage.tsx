import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Navigate, useSearchParams } from 'react-router';
import { LanguageSwitch, SchemeSwitch } from '~/app/shell/Preferences';
import { ApiError } from '~/lib/api';
import { usePageTitle } from '~/lib/page-title';
import { Logo } from '~/ui/Logo';
import { ProblemAlert } from '~/ui/ProblemAlert';
import classes from './LoginPage.module.css';
import { safeNext, useLogin, useMe } from './session';

export function LoginPage() {
  const { t } = useTranslation();
  const [search] = useSearchParams();
  const me = useMe();
  const login = useLogin();
  const [missing, setMissing] = useState<{ name?: string; password?: string }>({});
  usePageTitle(t('login.submit'));

  if (me.data) return <Navigate to={safeNext(search.get('next'))} replace />;

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const name = text(form.get('name')).trim();
    const password = text(form.get('password'));
    setMissing({
      name: name === '' ? t('login.nameNeeded') : undefined,
      password: password === '' ? t('login.passwordNeeded') : undefined,
    });
    if (name !== '' && password !== '') login.mutate({ name, password });
  }

  const wrong = login.error instanceof ApiError && login.error.status === 401;
  return (
    <div className={classes.page}>
      <main className={classes.card}>
        <div className={classes.brand}>
          <Logo size={40} />
          <div>
            <h1 className={classes.title}>{t('login.title')}</h1>
            <p className={classes.tagline}>{t('brand.tagline')}</p>
          </div>
        </div>
        <form onSubmit={submit} noValidate className={classes.form}>
          <TextInput name="name" label={t('login.name')} autoComplete="username" autoCapitalize="none" spellCheck={false} autoFocus error={missing.name} size="md" />
          <PasswordInput name="password" label={t('login.password')} autoComplete="current-password" error={missing.password} size="md" />
          {wrong ? (
            <p role="alert" className={classes.wrong}>
              {t('login.wrong')}
            </p>
          ) : (
            login.error && <ProblemAlert error={login.error} />
          )}
          <Button type="submit" size="md" fullWidth loading={login.isPending}>
            {t('login.submit')}
          </Button>
        </form>
      </main>
      <footer className={classes.preferences}>
        <LanguageSwitch />
        <SchemeSwitch />
      </footer>
    </div>
  );
}

function text(value: FormDataEntryValue | null) {
  return typeof value === 'string' ? value : '';
}
