import { Skeleton } from '@mantine/core';
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useId, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { usePageTitle } from '~/lib/page-title';
import { PageHeader } from '~/ui/PageHeader';
import panel from '~/ui/Panel.module.css';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { GatewayTable, RouteTable } from './GatewayTables';
import { NodeTable } from './NodeTable';
import { nodesQuery, routesQuery, runnersQuery } from './queries';
import { RunnerTable } from './RunnerTable';

/** Who works here: runners, nodes with what runs on them, gateways and what they route. */
export function FleetPage() {
  const { t } = useTranslation();
  const runners = useQuery(runnersQuery);
  const nodes = useQuery(nodesQuery);
  const routes = useQuery(routesQuery);
  usePageTitle(t('fleet.title'));
  return (
    <>
      <PageHeader title={t('fleet.title')} />
      <Section title={t('fleet.runners')} query={runners} empty={t('fleet.noRunners')} isEmpty={(list) => list.length === 0}>
        {(list) => <RunnerTable runners={list} />}
      </Section>
      <Section title={t('fleet.nodes')} query={nodes} empty={t('fleet.noNodes')} isEmpty={(list) => list.length === 0}>
        {(list) => <NodeTable nodes={list} />}
      </Section>
      <Section title={t('fleet.gateways')} query={routes} empty={t('fleet.noGateways')} isEmpty={({ gateways }) => gateways.length === 0}>
        {(table) => <GatewayTable table={table} />}
      </Section>
      <Section title={t('fleet.routes')} query={routes} empty={t('fleet.noRoutes')} isEmpty={(table) => table.routes.length === 0}>
        {(table) => <RouteTable table={table} />}
      </Section>
    </>
  );
}

interface SectionProps<T> {
  title: string;
  query: UseQueryResult<T>;
  empty: string;
  isEmpty: (data: T) => boolean;
  children: (data: T) => ReactNode;
}

function Section<T>({ title, query, empty, isEmpty, children }: SectionProps<T>) {
  const heading = useId();
  return (
    <section className={`${panel.panel ?? ''} ${panel.section ?? ''}`} aria-labelledby={heading}>
      <div className={panel.head}>
        <h2 className={panel.heading} id={heading}>
          {title}
        </h2>
      </div>
      {query.data !== undefined ? (
        isEmpty(query.data) ? (
          <p className={panel.note}>{empty}</p>
        ) : (
          children(query.data)
        )
      ) : query.error ? (
        <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Skeleton height={64} radius={0} />
      )}
    </section>
  );
}
