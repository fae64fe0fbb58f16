import {
  IconAlertTriangleFilled,
  IconArrowBackUp,
  IconBan,
  IconCircleCheckFilled,
  IconCircleDashed,
  IconCircleXFilled,
  IconLoader2,
  IconLock,
  IconUserQuestion,
  type Icon,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { TaskStatus } from '~/lib/api-types';
import { toneOf, type Tone } from '~/features/deployments/status';
import classes from './StatusBadge.module.css';

const ICONS: Record<TaskStatus, Icon> = {
  pending: IconCircleDashed,
  running: IconLoader2,
  waiting_confirm: IconUserQuestion,
  success: IconCircleCheckFilled,
  failed: IconCircleXFilled,
  blocked: IconLock,
  cancelled: IconBan,
  rolled_back: IconArrowBackUp,
};

/** The icon of a status in its colour, without text: only where the text stands right beside it. */
export function StatusIcon({ status, size = 16 }: { status: TaskStatus; size?: number }) {
  const Mark = (ICONS as Partial<Record<string, Icon>>)[status] ?? IconCircleDashed;
  return <Mark size={size} stroke={2} aria-hidden className={classes.icon} data-tone={toneOf(status)} data-spin={status === 'running' || undefined} />;
}

/** Status as icon and text, in a tinted pill. */
export function StatusBadge({ status, size = 'sm' }: { status: TaskStatus; size?: 'sm' | 'md' }) {
  const { t } = useTranslation();
  return (
    <span className={classes.badge} data-tone={toneOf(status)} data-size={size}>
      <StatusIcon status={status} size={size === 'md' ? 16 : 14} />
      {t(`status.${status}`, { defaultValue: status })}
    </span>
  );
}

/** A state that is no deployment's or task's: online, lost, running, … */
export function StateBadge({ tone, label }: { tone: Tone; label: string }) {
  const Mark = tone === 'good' ? IconCircleCheckFilled : tone === 'bad' ? IconCircleXFilled : tone === 'attention' ? IconAlertTriangleFilled : tone === 'active' ? IconLoader2 : IconCircleDashed;
  return (
    <span className={classes.badge} data-tone={tone} data-size="sm">
      <Mark size={14} stroke={2} aria-hidden className={classes.icon} data-tone={tone} data-spin={tone === 'active' || undefined} />
      {label}
    </span>
  );
}
