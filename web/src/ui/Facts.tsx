import type { ReactNode } from 'react';
import classes from './Facts.module.css';

export interface Fact {
  label: string;
  value: ReactNode;
  /** Takes a whole line of its own: always, or on a narrow page. */
  wide?: boolean | 'narrow';
}

/** Names and values, as many beside each other as fit. Those without a value are left out. */
export function Facts({ label, facts }: { label: string; facts: Fact[] }) {
  const shown = facts.filter(({ value }) => value !== undefined && value !== null && value !== '');
  return (
    <dl className={classes.facts} aria-label={label}>
      {shown.map((fact) => (
        <div key={fact.label} className={classes.fact} data-wide={fact.wide ?? undefined}>
          <dt>{fact.label}</dt>
          <dd>{fact.value}</dd>
        </div>
      ))}
    </dl>
  );
}
