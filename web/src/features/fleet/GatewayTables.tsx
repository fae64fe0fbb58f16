import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { AppRoute, RoutesInfo } from '~/lib/api-types';
import { DataTable } from '~/ui/DataTable';
import { StateBadge } from '~/ui/StatusBadge';
import { Ago } from '~/ui/Time';
import classes from './Fleet.module.css';
import { shares } from './shares';

export function GatewayTable({ table }: { table: RoutesInfo }) {
  const { t } = useTranslation();
  return (
    <DataTable
      label={t('fleet.gateways')}
      rows={table.gateways}
      rowKey={({ name }) => name}
      columns={[
        { label: t('fleet.name'), cell: ({ name }) => <span className={classes.name}>{name}</span> },
        { label: t('fleet.status'), cell: ({ alive }) => <StateBadge tone={alive ? 'good' : 'bad'} label={t(alive ? 'fleet.state.alive' : 'fleet.state.lost')} /> },
        { label: t('fleet.table'), cell: ({ version }) => (version === table.version ? t('fleet.current', { version }) : t('fleet.behind', { version })), grow: true },
        { label: t('fleet.seen'), cell: ({ seenAt }) => <Ago at={seenAt} /> },
      ]}
    />
  );
}

export function RouteTable({ table }: { table: RoutesInfo }) {
  const { t } = useTranslation();
  return (
    <DataTable
      label={t('fleet.routes')}
      rows={table.routes}
      rowKey={({ prefix }) => prefix}
      columns={[
        {
          label: t('fleet.app'),
          cell: ({ appId }) => (
            <Link className={classes.link} to={`/apps/${encodeURIComponent(appId)}`}>
              {appId}
            </Link>
          ),
        },
        { label: t('fleet.environment'), cell: ({ environment }) => environment },
        { label: t('fleet.prefix'), cell: ({ prefix }) => <code>{prefix}</code> },
        { label: t('fleet.targets'), cell: (route) => <Traffic route={route} />, grow: true },
      ]}
    />
  );
}

function Traffic({ route }: { route: AppRoute }) {
  const { t, i18n } = useTranslation();
  const percent = new Intl.NumberFormat(i18n.language, { style: 'percent', maximumFractionDigits: 1 });
  const split = shares(route.targets);
  if (split.length === 0) return <span className={classes.dim}>{t('fleet.noTraffic')}</span>;
  return (
    <ul className={classes.list}>
      {split.map(({ instanceId, share }) => (
        <li key={instanceId} className={classes.traffic}>
          <span className={classes.share} aria-hidden>
            <span style={{ transform: `scaleX(${share})` }} />
          </span>
          <span className={classes.percent}>{percent.format(share)}</span>
          <code className={classes.dim}>{instanceId}</code>
        </li>
      ))}
    </ul>
  );
}
