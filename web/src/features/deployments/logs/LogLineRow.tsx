import { IconAlertTriangle, IconCircleX } from '@tabler/icons-react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { formatClock } from '~/lib/time';
import classes from './LogPanel.module.css';
import { splitAtMatches, type LogRow } from './log-rows';

export const LogLineRow = memo(function LogLineRow({ row, search, current }: { row: LogRow; search: string; current: boolean }) {
  const { t } = useTranslation();
  const { line, attempt } = row;
  if (!line) return <div className={classes.attempt}>{t('logs.attempt', { attempt })}</div>;
  return (
    <div className={classes.line} data-level={line.level} data-current={current || undefined}>
      <time className={classes.time} dateTime={line.timestamp}>
        {formatClock(line.timestamp)}
      </time>
      <span className={classes.level}>
        {line.level === 'warn' && <IconAlertTriangle size={13} role="img" aria-label={t('logs.levelName.warn')} />}
        {line.level === 'error' && <IconCircleX size={13} role="img" aria-label={t('logs.levelName.error')} />}
      </span>
      <span className={classes.message}>
        {splitAtMatches(line.message, search).map((part, index) => (index % 2 === 1 ? <mark key={index}>{part}</mark> : part))}
      </span>
    </div>
  );
});
