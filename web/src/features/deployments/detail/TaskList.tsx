import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Deployment } from '~/lib/api-types';
import { useListKeys } from '~/lib/list-keys';
import panel from '~/ui/Panel.module.css';
import { groupTasks } from '../group-tasks';
import { appName } from '../names';
import { whyWaiting } from '../why-waiting';
import classes from './TaskList.module.css';
import { TaskRow } from './TaskRow';

/** The tasks in their order, app by app. */
export function TaskList({ deployment, shown }: { deployment: Deployment; shown: string | undefined }) {
  const { t } = useTranslation();
  const list = useRef<HTMLDivElement>(null);
  useListKeys(list);
  return (
    <div ref={list} className={classes.groups}>
      {groupTasks(deployment.tasks, deployment.applicationIds).map((group) => {
        const name = group.appId === undefined ? t('deployment.unassigned') : appName(deployment, group.appId);
        return (
          <section key={group.appId ?? ''} className={panel.panel} aria-label={t('deployment.taskList', { app: name })}>
            <div className={panel.head}>
              <h2 className={panel.heading}>{name}</h2>
              <span className={classes.count}>{t('deployment.groupDone', { done: group.done, total: group.tasks.length })}</span>
            </div>
            <ol className={classes.tasks}>
              {group.tasks.map((task) => (
                <TaskRow key={task.id} task={task} waiting={whyWaiting(deployment, task, t)} shown={task.id === shown} />
              ))}
            </ol>
          </section>
        );
      })}
    </div>
  );
}
