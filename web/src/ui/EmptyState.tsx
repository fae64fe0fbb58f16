import type { ReactNode } from 'react';
import classes from './EmptyState.module.css';

/** A list with nothing in it: what that means, and what to do about it. */
export function EmptyState({ icon, title, lead, children }: { icon?: ReactNode; title: string; lead?: string; children?: ReactNode }) {
  return (
    <div className={classes.empty}>
      {icon && <div className={classes.icon}>{icon}</div>}
      <h2 className={classes.title}>{title}</h2>
      {lead && <p className={classes.lead}>{lead}</p>}
      {children}
    </div>
  );
}
