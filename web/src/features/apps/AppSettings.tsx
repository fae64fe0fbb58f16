import { useTranslation } from 'react-i18next';
import type { App } from '~/lib/api-types';
import { Facts } from '~/ui/Facts';
import panel from '~/ui/Panel.module.css';
import classes from './Apps.module.css';
import { SourceText } from './SourceText';

/** How the app is set up, to read. */
export function AppSettings({ app }: { app: App }) {
  const { t } = useTranslation();
  const { source, limits } = app;
  const built = !source.image;
  const variables = Object.entries(app.variables);
  return (
    <section className={`${panel.panel ?? ''} ${panel.section ?? ''}`} aria-labelledby="settings">
      <div className={panel.head}>
        <h2 className={panel.heading} id="settings">
          {t('app.settings')}
        </h2>
      </div>
      <div className={panel.pad}>
        <Facts
          label={t('app.settings')}
          facts={[
            { label: t('app.source'), value: <SourceText source={source} />, wide: true },
            { label: t('app.dockerfile'), value: built && <code>{source.dockerfilePath}</code> },
            { label: t('app.context'), value: built && <code>{source.buildContext}</code> },
            { label: t('app.imageRepository'), value: app.imageRepository && <code>{app.imageRepository}</code> },
            { label: t('app.port'), value: app.containerPort },
            { label: t('app.replicas'), value: app.replicas },
            { label: t('app.health'), value: t('app.healthValue', { path: app.healthCheck.path, seconds: app.healthCheck.startSeconds }) },
            {
              label: t('app.limits'),
              value: [limits.memoryMb > 0 && t('app.memory', { mb: limits.memoryMb }), limits.cpus > 0 && t('app.cpus', { count: limits.cpus })].filter(Boolean).join(', ') || t('app.unlimited'),
            },
            { label: t('app.project'), value: app.project },
            { label: t('app.owner'), value: app.owner },
            {
              label: t('app.variables'),
              wide: true,
              value:
                variables.length === 0 ? (
                  <span className={classes.dim}>{t('app.noVariables')}</span>
                ) : (
                  <ul className={classes.variables}>
                    {variables.map(([name, value]) => (
                      <li key={name}>
                        <code>
                          {name}=<span className={classes.value}>{value}</span>
                        </code>
                      </li>
                    ))}
                  </ul>
                ),
            },
            {
              label: t('app.secrets'),
              wide: true,
              value: app.secrets.length === 0 ? <span className={classes.dim}>{t('app.noSecrets')}</span> : <code>{app.secrets.join(', ')}</code>,
            },
          ].map((fact) => ({ ...fact, value: fact.value === false ? undefined : fact.value }))}
        />
      </div>
    </section>
  );
}
