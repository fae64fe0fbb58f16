import { IconAlertCircle, IconFlame, IconHourglass, IconUrgent, type Icon } from '@tabler/icons-react';
import { Fragment, type ReactNode } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Deployment } from '~/lib/api-types';
import { useNow } from '~/lib/clock';
import { Until } from '~/ui/Time';
import { decisionsOf } from '../decisions';
import type { Tone } from '../status';
import classes from './DeploymentHeader.module.css';

/** What there is to know about the state: why it failed, why and until when it waits, and what is kept for going back. */
export function Remarks({ deployment }: { deployment: Deployment }) {
  const { t } = useTranslation();
  const { errorMessage, waitingFor, queuedBehind, warmUntil, breakGlass } = deployment;
  const now = useNow(warmUntil !== undefined);
  // What waits for people is told where they decide it.
  const waits = decisionsOf(deployment).length === 0 && waitingFor;
  const ends = deployment.tasks.find(({ status, waitingUntil }) => status === 'pending' && waitingUntil)?.waitingUntil;
  return (
    <>
      {errorMessage && (
        <Remark tone="bad" Mark={IconAlertCircle}>
          {errorMessage}
        </Remark>
      )}
      {!errorMessage && queuedBehind && queuedBehind.length > 0 && (
        <Remark tone="neutral" Mark={IconHourglass}>
          <Trans i18nKey="wait.queued" components={{ others: <DeploymentLinks ids={queuedBehind} /> }} />
        </Remark>
      )}
      {!errorMessage && !queuedBehind && waits && (
        <Remark tone="neutral" Mark={IconHourglass}>
          {waitingFor}
          {ends && (
            <>
              {' '}
              <Trans i18nKey="wait.goesOn" components={{ until: <Until at={ends} /> }} />
            </>
          )}
        </Remark>
      )}
      {breakGlass && (
        <Remark tone="attention" Mark={IconUrgent}>
          {t('wait.breakGlass', { reason: breakGlass })}
        </Remark>
      )}
      {warmUntil && Date.parse(warmUntil) > now && (
        <Remark tone="neutral" Mark={IconFlame}>
          <Trans i18nKey="wait.warm" components={{ until: <Until at={warmUntil} /> }} />
        </Remark>
      )}
    </>
  );
}

function DeploymentLinks({ ids }: { ids: string[] }) {
  return ids.map((id, index) => (
    <Fragment key={id}>
      {index > 0 && ', '}
      <Link to={`/deployments/${encodeURIComponent(id)}`}>{id}</Link>
    </Fragment>
  ));
}

function Remark({ tone, Mark, children }: { tone: Tone; Mark: Icon; children: ReactNode }) {
  return (
    <p className={classes.remark} data-tone={tone}>
      <Mark size={16} aria-hidden />
      <span>{children}</span>
    </p>
  );
}
