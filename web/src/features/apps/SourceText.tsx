import { IconBrandDocker, IconGitBranch } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { AppSource } from '~/lib/api-types';
import classes from './Apps.module.css';

/** Where the code comes from, in a line. */
export function SourceText({ source }: { source: AppSource }) {
  const { t } = useTranslation();
  if (source.image) {
    return (
      <span className={classes.source}>
        <IconBrandDocker size={15} aria-label={t('apps.image')} role="img" />
        <span className={classes.sourceText}>{source.image}</span>
      </span>
    );
  }
  return (
    <span className={classes.source}>
      <IconGitBranch size={15} aria-hidden />
      <span className={classes.sourceText}>
        {source.repositoryUrl ? withoutScheme(source.repositoryUrl) : t('apps.embedded')} <span className={classes.dim}>{source.ref}</span>
      </span>
    </span>
  );
}

function withoutScheme(url: string) {
  return url.replace(/^[a-z+]+:\/\/(?:[^@/]*@)?/, '').replace(/\.git$/, '');
}
