import { Drawer } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import type { Deployment, DeploymentTask } from '~/lib/api-types';
import panel from '~/ui/Panel.module.css';
import { taskOfInterest } from '../group-tasks';
import { LogPanel } from '../logs/LogPanel';
import { whyWaiting } from '../why-waiting';
import classes from './DeploymentPage.module.css';
import { TaskList } from './TaskList';
import { TaskLogHeader } from './TaskLogHeader';

/** Wide: tasks and the log of one of them beside each other. Narrow: the tasks, and the log over them when one is chosen. */
export function TasksTab({ deployment }: { deployment: Deployment }) {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchParams();
  const wide = useMediaQuery('(min-width: 75em)', true, { getInitialValueInEffect: false });
  const chosen = deployment.tasks.find((task) => task.id === search.get('task'));
  const shown = chosen ?? (wide ? taskOfInterest(deployment.tasks) : undefined);

  if (deployment.tasks.length === 0) return <p className={panel.note}>{t('deployment.noTasks')}</p>;

  function close() {
    setSearch({}, { replace: true, preventScrollReset: true });
  }
  return (
    <div className={classes.columns} data-fill>
      <TaskList deployment={deployment} shown={shown?.id} />
      {wide ? (
        <div className={`${panel.panel ?? ''} ${classes.log ?? ''}`}>{shown && <TaskLog deployment={deployment} task={shown} />}</div>
      ) : (
        <Drawer opened={chosen !== undefined} onClose={close} position="bottom" size="100%" withCloseButton={false} padding={0} classNames={{ body: classes.sheet, content: classes.sheetContent }}>
          {chosen && <TaskLog deployment={deployment} task={chosen} onClose={close} />}
        </Drawer>
      )}
    </div>
  );
}

function TaskLog({ deployment, task, onClose }: { deployment: Deployment; task: DeploymentTask; onClose?: () => void }) {
  const { t } = useTranslation();
  return (
    <>
      <TaskLogHeader key={`head ${task.id}`} deployment={deployment} task={task} onClose={onClose} />
      <LogPanel key={task.id} task={task} waiting={whyWaiting(deployment, task, t)} />
    </>
  );
}
