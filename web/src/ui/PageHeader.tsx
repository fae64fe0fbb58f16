import type { ReactNode } from 'react';
import classes from './PageHeader.module.css';

/** The first line of a page: where it is, its one h1, and what can be done. */
export function PageHeader({ crumbs, title, badge, actions }: { crumbs?: ReactNode; title: ReactNode; badge?: ReactNode; actions?: ReactNode }) {
  return (
    <div className={classes.header}>
      {crumbs}
      <div className={classes.line}>
        <div className={classes.what}>
          <h1 className={classes.title}>{title}</h1>
          {badge}
        </div>
        {actions}
      </div>
    </div>
  );
}
