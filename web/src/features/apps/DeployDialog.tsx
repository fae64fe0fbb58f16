import { Button, Checkbox, Modal, Select, Textarea, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { environmentsQuery, useCreateDeployment } from '~/features/deployments/queries';
import type { App, CreateDeployment } from '~/lib/api-types';
import { randomKey } from '~/lib/random-key';
import { ProblemAlert } from '~/ui/ProblemAlert';
import classes from './Apps.module.css';
import { PlanPreview } from './PlanPreview';
import { AT_ONCE, readStrategy } from './strategy-input';
import { StrategyFields } from './StrategyFields';

/** Typing is not previewed letter by letter. */
const PAUSE_MS = 300;

/** Deploys the present source of one app, and goes to the deployment. */
export function DeployDialog({ app, onClose }: { app: App; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const environments = useQuery(environmentsQuery);
  const create = useCreateDeployment();
  // One key for the dialog: pressing again after a lost answer does not deploy twice. A change makes another request.
  const [key, setKey] = useState(randomKey);
  const [environment, setEnvironment] = useState<string | null>(null);
  const [ref, setRef] = useState('');
  const [reason, setReason] = useState('');
  const [strategy, setStrategy] = useState(AT_ONCE);
  const [approval, setApproval] = useState(false);
  const [queue, setQueue] = useState(false);
  const changed = <T,>(set: (value: T) => void) => (value: T) => {
    set(value);
    setKey(randomKey());
  };

  const names = (environments.data ?? []).filter(({ project }) => project === app.project).map(({ name }) => name);
  const { wrong, strategy: steps } = readStrategy(strategy);
  const request: CreateDeployment = { applicationIds: [app.id], environment: environment ?? undefined, ref: ref.trim() || undefined, strategy: steps, manualApproval: approval || undefined, onConflict: queue ? 'queue' : undefined };
  // As text: the same request again is no change.
  const [text] = useDebouncedValue(JSON.stringify(request), PAUSE_MS);
  const previewed = JSON.parse(text) as CreateDeployment;

  function submit() {
    create.mutate({ request: { ...request, reason: reason.trim() || undefined }, key }, { onSuccess: ({ id }) => void navigate(`/deployments/${encodeURIComponent(id)}`) });
  }
  return (
    <Modal opened onClose={onClose} size="lg" title={t('app.deployTitle', { name: app.name })} closeButtonProps={{ 'aria-label': t('common.close') }} classNames={{ title: classes.dialogTitle }}>
      <form
        className={classes.dialog}
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <p className={classes.dialogText}>{t('app.deployText')}</p>
        <Select label={t('app.environment')} placeholder={t('app.environmentDefault')} data={names} value={environment} onChange={changed(setEnvironment)} clearable />
        {!app.source.image && (
          <TextInput
            label={t('app.ref')}
            description={t('app.refHint', { ref: app.source.ref })}
            value={ref}
            spellCheck={false}
            onChange={(event) => {
              changed(setRef)(event.currentTarget.value);
            }}
          />
        )}
        <StrategyFields value={strategy} onChange={changed(setStrategy)} />
        <Checkbox
          label={t('app.approval')}
          checked={approval}
          onChange={(event) => {
            changed(setApproval)(event.currentTarget.checked);
          }}
        />
        <Checkbox
          label={t('app.queue')}
          checked={queue}
          onChange={(event) => {
            changed(setQueue)(event.currentTarget.checked);
          }}
        />
        {!wrong && (previewed.strategy ?? previewed.manualApproval) && <PlanPreview request={previewed} />}
        <Textarea
          label={t('common.reason')}
          description={t('common.reasonHint')}
          value={reason}
          autosize
          minRows={1}
          maxRows={5}
          maxLength={1000}
          onChange={(event) => {
            changed(setReason)(event.currentTarget.value);
          }}
        />
        {create.error && <ProblemAlert error={create.error} />}
        <div className={classes.dialogButtons}>
          <Button variant="default" onClick={onClose} disabled={create.isPending}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={create.isPending} disabled={wrong !== undefined}>
            {t('app.deploy')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
