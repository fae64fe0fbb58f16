import { useTranslation } from 'react-i18next';
import classes from './StepFacts.module.css';

/** The new version's share of traffic, 0–1, before and after a step, as figures and as a bar. */
export function TrafficShift({ before, share }: { before: number; share: number }) {
  const { t, i18n } = useTranslation();
  const percent = new Intl.NumberFormat(i18n.language, { style: 'percent', maximumFractionDigits: 1 });
  return (
    <div className={classes.shift}>
      <span className={classes.shiftLabel}>{t('step.share')}</span>
      <span className={classes.bar} aria-hidden>
        <span className={classes.gain} style={{ transform: `scaleX(${Math.max(before, share)})` }} />
        <span className={classes.has} style={{ transform: `scaleX(${Math.min(before, share)})` }} />
      </span>
      <span className={classes.figures}>
        <span className={classes.before}>{percent.format(before)}</span>
        <span aria-hidden> → </span>
        <strong>{percent.format(share)}</strong>
      </span>
    </div>
  );
}
