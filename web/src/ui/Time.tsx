import { useTranslation } from 'react-i18next';
import { useNow } from '~/lib/clock';
import { elapsed, formatDuration, formatMoment, formatRelative, formatUntil } from '~/lib/time';

/** '3 minutes ago', kept up to date; the exact time in the tooltip and for machines. */
export function Ago({ at }: { at: string }) {
  const { i18n } = useTranslation();
  const now = useNow();
  return (
    <time dateTime={at} title={formatMoment(at, i18n.language)}>
      {formatRelative(at, now, i18n.language)}
    </time>
  );
}

/** When something ends by itself: the time, with the day when it is another one, and how far away that is. */
export function Until({ at }: { at: string }) {
  const { i18n } = useTranslation();
  const now = useNow();
  return (
    <time dateTime={at} title={formatMoment(at, i18n.language)}>
      {formatUntil(at, now, i18n.language)} ({formatRelative(at, now, i18n.language)})
    </time>
  );
}

/** How long something took, or has taken so far, ticking. */
export function Elapsed({ of }: { of: { duration?: number; startedAt?: string; completedAt?: string } }) {
  const { i18n } = useTranslation();
  const now = useNow(of.startedAt !== undefined && of.completedAt === undefined);
  const seconds = elapsed(of, now);
  return seconds === undefined ? <span aria-hidden>–</span> : <span className="tabular">{formatDuration(seconds, i18n.language)}</span>;
}
