import { useTranslation } from 'react-i18next';
import type { DeploymentTask } from '~/lib/api-types';
import { formatDuration } from '~/lib/time';
import { summaryOf, type TrafficSeen } from '../roll-out';
import classes from './StepFacts.module.css';
import { TrafficShift } from './TrafficShift';

/** What a step of a roll-out is going to do, or did, in words; nothing for other tasks. */
export function StepFacts({ task, tasks }: { task: DeploymentTask; tasks: DeploymentTask[] }) {
  const { t, i18n } = useTranslation();
  const summary = summaryOf(task, tasks);
  switch (summary?.kind) {
    case 'plan': {
      const { starts, instances, of, before, share } = summary;
      const words = [
        starts === 0 ? t('step.startsNone') : t('step.starts', { count: starts }),
        starts < of && t('step.running', { instances, of }),
        summary.retires && t('step.retires'),
        share >= 1 && before < 1 && t('step.everything'),
      ];
      return (
        <div className={classes.facts}>
          <p>{sentences(words, i18n.language)}</p>
          <TrafficShift before={before} share={share} />
        </div>
      );
    }
    case 'done':
      return (
        <div className={classes.facts}>
          <p>
            {sentences(
              [
                summary.started.length === 0 ? t('step.startedNone') : t('step.started', { count: summary.started.length }),
                summary.stopped.length > 0 && t('step.stopped', { count: summary.stopped.length }),
                t('step.run', { count: summary.instances }),
              ],
              i18n.language,
            )}
          </p>
          <TrafficShift before={summary.before} share={summary.share} />
        </div>
      );
    case 'watch':
      return (
        <div className={classes.facts}>
          <p>{t('step.watch', { duration: formatDuration(summary.seconds, i18n.language), count: summary.minRequests })}</p>
        </div>
      );
    case 'watched':
      return (
        <div className={classes.facts}>
          <p>{summary.enough ? t('step.asGood') : t('step.tooFew', { have: summary.new.requests, needed: summary.needed ?? '?' })}</p>
          <table className={classes.seen}>
            <thead>
              <tr>
                <td />
                <th scope="col">{t('step.requests')}</th>
                <th scope="col">{t('step.errors')}</th>
                <th scope="col">{t('step.p95')}</th>
              </tr>
            </thead>
            <tbody>
              <Seen name={t('step.new')} seen={summary.new} />
              <Seen name={t('step.old')} seen={summary.old} />
            </tbody>
          </table>
        </div>
      );
    case 'checked':
      return (
        <div className={classes.facts}>
          <p>{sentences([t('step.checked', { count: summary.checked }), summary.retired > 0 && t('step.stopped', { count: summary.retired })], i18n.language)}</p>
        </div>
      );
    default:
      return null;
  }
}

function Seen({ name, seen: { requests, errors, p95Milliseconds } }: { name: string; seen: TrafficSeen }) {
  const { t, i18n } = useTranslation();
  const number = new Intl.NumberFormat(i18n.language);
  const percent = new Intl.NumberFormat(i18n.language, { style: 'percent', maximumFractionDigits: 2 });
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{number.format(requests)}</td>
      <td>
        {number.format(errors)}
        {requests > 0 && errors > 0 && ` (${percent.format(errors / requests)})`}
      </td>
      <td>{p95Milliseconds === undefined ? '–' : t('step.atMost', { value: p95Milliseconds })}</td>
    </tr>
  );
}

/** Chinese sentences follow each other without a space. */
function sentences(parts: (string | false)[], language: string) {
  return parts.filter(Boolean).join(language.startsWith('zh') ? '' : ' ');
}
