import { Button, Modal } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemAlert } from '~/ui/ProblemAlert';
import classes from './DeploymentPage.module.css';
import { ReasonField } from './ReasonField';

interface Props {
  opened: boolean;
  title?: string;
  /** What will happen, in a sentence or two. */
  text?: string;
  label?: string;
  danger: boolean;
  pending: boolean;
  error: unknown;
  onClose: () => void;
  onConfirm: (reason: string | undefined) => void;
}

/** Asks before something is done, takes a reason, and stays open with the problem when it could not be done. */
export function ActionDialog({ opened, title, text, label, danger, pending, error, onClose, onConfirm }: Props) {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  return (
    <Modal opened={opened} onClose={onClose} title={title} closeButtonProps={{ 'aria-label': t('common.close') }} classNames={{ title: classes.dialogTitle }}>
      <form
        className={classes.dialog}
        onSubmit={(event) => {
          event.preventDefault();
          onConfirm(reason.trim() || undefined);
        }}
      >
        <p className={classes.dialogText}>{text}</p>
        <ReasonField value={reason} onChange={setReason} />
        {error ? <ProblemAlert error={error} /> : null}
        <div className={classes.dialogButtons}>
          <Button variant="default" onClick={onClose} disabled={pending}>
            {t('action.keep')}
          </Button>
          <Button type="submit" color={danger ? 'red.8' : undefined} loading={pending}>
            {label}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
