import { useTranslation } from 'react-i18next';
import type { GraphLine } from '../graph-changes';
import classes from './GraphChanges.module.css';

/** The tasks of a graph that was edited, with what is different. */
export function GraphChanges({ lines }: { lines: GraphLine[] }) {
  const { t } = useTranslation();
  return (
    <ol className={classes.lines}>
      {lines.map(({ task, change }) => (
        <li key={task.id} className={classes.line} data-change={change}>
          <span className={classes.name}>
            {task.appId && `${task.appId} / `}
            {task.name}
          </span>
          {change && <span className={classes.change}>{t(`decision.change.${change}`)}</span>}
        </li>
      ))}
    </ol>
  );
}
