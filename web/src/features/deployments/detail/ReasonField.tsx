import { Textarea } from '@mantine/core';
import { useTranslation } from 'react-i18next';

/** Why somebody does it, for those who read the deployment or the audit later. A dialog begins in it. */
export function ReasonField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { t } = useTranslation();
  return (
    <Textarea
      label={t('common.reason')}
      description={t('common.reasonHint')}
      value={value}
      onChange={(event) => {
        onChange(event.currentTarget.value);
      }}
      autosize
      minRows={2}
      maxRows={6}
      maxLength={1000}
      data-autofocus
    />
  );
}
