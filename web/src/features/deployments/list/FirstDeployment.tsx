import { IconRocket } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useMe } from '~/features/session/session';
import { CopyCommand } from '~/ui/CopyCommand';
import { EmptyState } from '~/ui/EmptyState';
import panel from '~/ui/Panel.module.css';
import classes from './FirstDeployment.module.css';

/** What a new installation shows: the two ways to a first deployment, as commands for this very server. */
export function FirstDeployment({ server = window.location.origin }: { server?: string }) {
  const { t } = useTranslation();
  const git = useMe().data?.gitUrl ?? server;
  return (
    <div className={panel.panel}>
      <EmptyState icon={<IconRocket size={26} stroke={1.6} aria-hidden />} title={t('deployments.first.title')} lead={t('deployments.first.lead')}>
        <div className={classes.ways}>
          <section>
            <h3>{t('deployments.first.push')}</h3>
            <CopyCommand command={`boreas login ${server}\nboreas apps create hello --embedded\ngit config credential.helper '!boreas git-credential'\ngit remote add boreas ${git}/git/hello.git\ngit push boreas main`} />
            <p>{t('deployments.first.pushHint')}</p>
          </section>
          <section>
            <h3>{t('deployments.first.cli')}</h3>
            <CopyCommand command={`boreas apps create shop --repo https://git.example.com/team/shop.git\nboreas deploy shop --follow`} />
            <p>{t('deployments.first.cliHint')}</p>
          </section>
        </div>
      </EmptyState>
    </div>
  );
}
