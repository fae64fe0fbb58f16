import { Button, Modal, Select, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { environmentsQuery, useCreateDeployment } from '~/features/deployments/queries';
import type { App } from '~/lib/api-types';
import { randomKey } from '~/lib/random-key';
import { ProblemAlert } from '~/ui/ProblemAlert';
import classes from './Apps.module.css';

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
  const changed = <T,>(set: (value: T) => void) => (value: T) => {
    set(value);
    setKey(randomKey());
  };

  const names = (environments.data ?? []).filter(({ project }) => project === app.project).map(({ name }) => name);
  function submit() {
    create.mutate(
      { request: { applicationIds: [app.id], environment: environment ?? undefined, ref: ref.trim() || undefined, reason: reason.trim() || undefined }, key },
      { onSuccess: ({ id }) => void navigate(`/deployments/${encodeURIComponent(id)}`) },
    );
  }
  return (
    <Modal opened onClose={onClose} title={t('app.deployTitle', { name: app.name })} closeButtonProps={{ 'aria-label': t('common.close') }} classNames={{ title: classes.dialogTitle }}>
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
          <Button type="submit" loading={create.isPending}>
            {t('app.deploy')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
