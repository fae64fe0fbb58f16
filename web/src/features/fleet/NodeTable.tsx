import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Tone } from '~/features/deployments/status';
import type { InstanceState, InstanceStatus, NodeInfo } from '~/lib/api-types';
import { DataTable } from '~/ui/DataTable';
import { StateBadge } from '~/ui/StatusBadge';
import { Ago } from '~/ui/Time';
import classes from './Fleet.module.css';
import { Labels } from './Labels';

const NODE_TONES: Record<NodeInfo['status'], Tone> = { ready: 'good', cordoned: 'attention', draining: 'attention', lost: 'bad' };
const INSTANCE_TONES: Record<InstanceState, Tone> = { preparing: 'active', running: 'good', restarting: 'attention', exited: 'bad', stopped: 'neutral' };

export function NodeTable({ nodes }: { nodes: NodeInfo[] }) {
  const { t } = useTranslation();
  return (
    <DataTable
      label={t('fleet.nodes')}
      rows={nodes}
      rowKey={({ name }) => name}
      columns={[
        {
          label: t('fleet.name'),
          cell: ({ name, url }) => (
            <>
              <span className={classes.name}>{name}</span>
              <span className={classes.sub}>{url}</span>
            </>
          ),
        },
        { label: t('fleet.status'), cell: (node) => <Status node={node} /> },
        { label: t('fleet.instances'), cell: (node) => <Instances node={node} />, grow: true },
        { label: t('fleet.engine'), cell: ({ engine }) => engine },
        { label: t('fleet.labels'), cell: ({ labels }) => <Labels labels={labels} /> },
        { label: t('fleet.seen'), cell: ({ seenAt }) => <Ago at={seenAt} /> },
      ]}
    />
  );
}

function Status({ node: { status, cordon } }: { node: NodeInfo }) {
  const { t } = useTranslation();
  return (
    <div>
      <StateBadge tone={NODE_TONES[status]} label={t(`fleet.state.${status}`, { defaultValue: status })} />
      {cordon && (
        <span className={classes.sub}>
          {t('fleet.cordonedBy', { by: cordon.by })}
          {cordon.reason && `: ${cordon.reason}`}
        </span>
      )}
    </div>
  );
}

function Instances({ node }: { node: NodeInfo }) {
  const { t } = useTranslation();
  return (
    <div>
      {node.instances.length === 0 ? (
        <span className={classes.dim}>{t('fleet.noInstances')}</span>
      ) : (
        <>
          <span className={classes.load}>{t('fleet.load', { used: node.instances.length, capacity: node.capacity })}</span>
          <ul className={classes.list}>
            {node.instances.map((instance) => (
              <Instance key={instance.instanceId} instance={instance} />
            ))}
          </ul>
        </>
      )}
      {node.leaving && node.leaving.length > 0 && <Leaving leaving={node.leaving} />}
    </div>
  );
}

/** What has to go from a node and has not yet, and why; that leads to the run that moves it or is in its way. */
function Leaving({ leaving }: { leaving: NonNullable<NodeInfo['leaving']> }) {
  const { t } = useTranslation();
  return (
    <div className={classes.leaving}>
      <span className={classes.load}>{t('fleet.toLeave')}</span>
      <ul className={classes.list}>
        {leaving.map(({ appId, environment, instances, deploymentId, why }) => (
          <li key={`${appId} ${environment}`}>
            {t('fleet.leaving', { app: appId, environment, count: instances })}:{' '}
            {deploymentId ? (
              <Link className={classes.link} to={`/deployments/${encodeURIComponent(deploymentId)}`}>
                {why}
              </Link>
            ) : (
              <span className={classes.dim}>{why}</span>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Instance({ instance }: { instance: InstanceStatus }) {
  const { t } = useTranslation();
  return (
    <li className={classes.instance}>
      <StateBadge tone={INSTANCE_TONES[instance.state]} label={t(`instanceState.${instance.state}`, { defaultValue: instance.state })} />
      <Link className={classes.link} to={`/apps/${encodeURIComponent(instance.appId)}`}>
        {instance.appId}
      </Link>
      <span className={classes.dim}>
        {instance.environment} · {instance.version}
        {instance.restarts > 0 && ` · ${t('fleet.restarts', { count: instance.restarts })}`}
      </span>
      {instance.failure && <span className={classes.failure}>{instance.failure.message}</span>}
    </li>
  );
}
