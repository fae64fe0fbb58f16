import type { Tone } from '~/features/deployments/status';
import classes from './ProgressBar.module.css';

/** A thin bar with its number; `value` is 0–100. */
export function ProgressBar({ value, tone, label, bare = false }: { value: number; tone: Tone; label: string; bare?: boolean }) {
  const clamped = Math.min(100, Math.max(0, value));
  return (
    <div className={classes.progress}>
      <div className={classes.track} role="progressbar" aria-label={label} aria-valuenow={clamped} aria-valuemin={0} aria-valuemax={100}>
        <div className={classes.bar} data-tone={tone} style={{ transform: `scaleX(${clamped / 100})` }} />
      </div>
      {!bare && (
        <span className={classes.number} aria-hidden>
          {Math.round(clamped)} %
        </span>
      )}
    </div>
  );
}
