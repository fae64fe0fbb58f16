import { Button, Skeleton } from '@mantine/core';
import { IconRocket } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import type { App, AppEndpoint } from '~/lib/api-types';
import { usePageTitle } from '~/lib/page-title';
import { Crumbs } from '~/ui/Crumbs';
import { DataTable } from '~/ui/DataTable';
import { ExternalLink } from '~/ui/ExternalLink';
import { PageHeader } from '~/ui/PageHeader';
import panel from '~/ui/Panel.module.css';
import { ProblemPage } from '~/ui/ProblemPage';
import { AppDeployments } from './AppDeployments';
import { AppSettings } from './AppSettings';
import { DeployDialog } from './DeployDialog';
import { EndpointStatus } from './EndpointStatus';
import { appQuery } from './queries';

export function AppPage() {
  const { id = '' } = useParams();
  const { t } = useTranslation();
  const query = useQuery(appQuery(id));
  const app = query.data;
  usePageTitle(app?.name);

  if (query.isPending) return <Skeleton height={320} />;
  if (!app) return <ProblemPage error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <>
      <PageHeader crumbs={<Crumbs to="/apps" label={t('apps.title')} here={app.id} />} title={app.name} actions={<Deploy app={app} />} />
      <section className={`${panel.panel ?? ''} ${panel.section ?? ''}`} aria-labelledby="endpoints">
        <div className={panel.head}>
          <h2 className={panel.heading} id="endpoints">
            {t('app.endpoints')}
          </h2>
        </div>
        <Endpoints endpoints={app.endpoints} />
      </section>
      <AppDeployments app={app} />
      <AppSettings app={app} />
    </>
  );
}

function Deploy({ app }: { app: App }) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button
        leftSection={<IconRocket size={16} aria-hidden />}
        onClick={() => {
          setOpened(true);
        }}
      >
        {t('app.deploy')}
      </Button>
      {opened && (
        <DeployDialog
          app={app}
          onClose={() => {
            setOpened(false);
          }}
        />
      )}
    </>
  );
}

function Endpoints({ endpoints }: { endpoints: AppEndpoint[] }) {
  const { t } = useTranslation();
  if (endpoints.length === 0) return <p className={panel.note}>{t('app.noEndpoints')}</p>;
  return (
    <DataTable
      label={t('app.endpoints')}
      rows={endpoints}
      rowKey={({ environment }) => environment}
      columns={[
        { label: t('app.environment'), cell: ({ environment }) => environment },
        { label: t('app.status'), cell: ({ status }) => <EndpointStatus status={status} /> },
        { label: t('app.version'), cell: ({ version }) => version ?? '–' },
        { label: t('app.commit'), cell: ({ commit }) => (commit ? <code title={commit}>{commit.slice(0, 10)}</code> : '–') },
        { label: t('app.instances'), cell: ({ instances }) => instances, numeric: true },
        { label: t('app.address'), cell: ({ url }) => <ExternalLink href={url} /> },
      ]}
    />
  );
}
