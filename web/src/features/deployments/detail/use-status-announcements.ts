import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { announce } from '~/lib/announcer';
import type { Deployment } from '~/lib/api-types';
import { isEnded } from '../status';

/** Tells a screen reader when the deployment changes its status, and when one of its tasks fails or waits for a person. */
export function useStatusAnnouncements(deployment: Deployment | undefined) {
  const { t } = useTranslation();
  const before = useRef<Deployment>(undefined);
  useEffect(() => {
    const known = before.current;
    before.current = deployment;
    if (!deployment || known?.id !== deployment.id || known === deployment) return;
    const statusOf = new Map(known.tasks.map((task) => [task.id, task.status]));
    for (const task of deployment.tasks) {
      if (statusOf.get(task.id) === task.status) continue;
      if (isEnded(task.status) || task.status === 'waiting_confirm') announce(t('deployment.announceTask', { name: task.name, status: t(`status.${task.status}`) }));
    }
    if (known.status !== deployment.status) announce(t('deployment.announce', { status: t(`status.${deployment.status}`) }));
  }, [deployment, t]);
}
