import type { Tone } from '~/features/deployments/status';
import { StateBadge } from '~/ui/StatusBadge';
import { useTranslation } from 'react-i18next';

const STATES: Record<string, { tone: Tone; text: 'healthy' | 'running' | 'serving' | 'degraded' | 'deploying' | 'failed' | 'stopped' | 'down' }> = {
  healthy: { tone: 'good', text: 'healthy' },
  running: { tone: 'good', text: 'running' },
  serving: { tone: 'good', text: 'serving' },
  degraded: { tone: 'attention', text: 'degraded' },
  deploying: { tone: 'active', text: 'deploying' },
  failed: { tone: 'bad', text: 'failed' },
  down: { tone: 'bad', text: 'down' },
  stopped: { tone: 'neutral', text: 'stopped' },
};

/** How an endpoint stands; a word that this UI does not know is shown as it is. */
export function EndpointStatus({ status }: { status: string }) {
  const { t } = useTranslation();
  const state = STATES[status];
  return <StateBadge tone={state?.tone ?? 'neutral'} label={state ? t(`endpointStatus.${state.text}`) : status} />;
}
