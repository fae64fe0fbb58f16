import { Skeleton, TextInput } from '@mantine/core';
import { IconApps, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { App } from '~/lib/api-types';
import { usePageTitle } from '~/lib/page-title';
import { CopyCommand } from '~/ui/CopyCommand';
import { DataTable } from '~/ui/DataTable';
import { EmptyState } from '~/ui/EmptyState';
import { PageHeader } from '~/ui/PageHeader';
import panel from '~/ui/Panel.module.css';
import { ProblemAlert } from '~/ui/ProblemAlert';
import classes from './Apps.module.css';
import { EndpointLine } from './EndpointLine';
import { appsQuery } from './queries';
import { SourceText } from './SourceText';

export function AppsPage() {
  const { t } = useTranslation();
  const apps = useQuery(appsQuery);
  const [text, setText] = useState('');
  usePageTitle(t('apps.title'));

  const wanted = text.trim().toLowerCase();
  const shown = (apps.data ?? []).filter(({ id, name }) => id.includes(wanted) || name.toLowerCase().includes(wanted));
  return (
    <>
      <PageHeader title={t('apps.title')} />
      {apps.data && apps.data.length > 0 && (
        <TextInput
          className={classes.filter}
          aria-label={t('apps.search')}
          placeholder={t('apps.search')}
          leftSection={<IconSearch size={16} aria-hidden />}
          data-filter
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
          }}
        />
      )}
      {apps.isPending && <Skeleton height={220} />}
      {apps.isError && <ProblemAlert error={apps.error} onRetry={() => void apps.refetch()} />}
      {apps.data && (
        <div className={panel.panel}>
          {apps.data.length === 0 ? (
            <EmptyState icon={<IconApps size={26} stroke={1.6} aria-hidden />} title={t('apps.none')} lead={t('apps.noneLead')}>
              <CopyCommand command="boreas apps create hello --embedded" />
            </EmptyState>
          ) : shown.length === 0 ? (
            <p className={panel.note}>{t('apps.noMatch', { text })}</p>
          ) : (
            <AppTable apps={shown} />
          )}
        </div>
      )}
    </>
  );
}

function AppTable({ apps }: { apps: App[] }) {
  const { t } = useTranslation();
  return (
    <DataTable
      label={t('apps.list')}
      rows={apps}
      rowKey={({ id }) => id}
      columns={[
        {
          label: t('apps.col.app'),
          cell: (app) => (
            <Link to={`/apps/${encodeURIComponent(app.id)}`} className={classes.app} data-row>
              {app.name}
              {app.name !== app.id && <span className={classes.dim}>{app.id}</span>}
            </Link>
          ),
        },
        { label: t('apps.col.endpoints'), cell: (app) => <Endpoints app={app} />, grow: true },
        { label: t('apps.col.source'), cell: (app) => <SourceText source={app.source} /> },
        { label: t('apps.col.owner'), cell: (app) => app.owner },
      ]}
    />
  );
}

function Endpoints({ app }: { app: App }) {
  const { t } = useTranslation();
  if (app.endpoints.length === 0) return <span className={classes.dim}>{t('apps.notDeployed')}</span>;
  return (
    <ul className={classes.endpoints}>
      {app.endpoints.map((endpoint) => (
        <li key={endpoint.environment}>
          <EndpointLine endpoint={endpoint} />
        </li>
      ))}
    </ul>
  );
}
