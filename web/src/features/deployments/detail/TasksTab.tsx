import { Drawer } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import type { Deployment, DeploymentTask } from '~/lib/api-types';
import panel from '~/ui/Panel.module.css';
import { taskOfInterest } from '../group-tasks';
import { LogPanel } from '../logs/LogPanel';
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

  // When everything waits for one decision, the deployment's own buttons are that decision.
  const waiting = deployment.tasks.filter(({ status }) => status === 'waiting_confirm').length;
  const decidable = deployment.status !== 'waiting_confirm' || waiting > 1;

  function close() {
    setSearch({}, { replace: true, preventScrollReset: true });
  }
  return (
    <div className={classes.columns} data-fill>
      <TaskList deployment={deployment} shown={shown?.id} />
      {wide ? (
        <div className={`${panel.panel ?? ''} ${classes.log ?? ''}`}>{shown && <TaskLog task={shown} decidable={decidable} />}</div>
      ) : (
        <Drawer opened={chosen !== undefined} onClose={close} position="bottom" size="100%" withCloseButton={false} padding={0} classNames={{ body: classes.sheet, content: classes.sheetContent }}>
          {chosen && <TaskLog task={chosen} decidable={decidable} onClose={close} />}
        </Drawer>
      )}
    </div>
  );
}

function TaskLog({ task, decidable, onClose }: { task: DeploymentTask; decidable: boolean; onClose?: () => void }) {
  return (
    <>
      <TaskLogHeader key={`head ${task.id}`} task={task} decidable={decidable} onClose={onClose} />
      <LogPanel key={task.id} task={task} />
    </>
  );
}
