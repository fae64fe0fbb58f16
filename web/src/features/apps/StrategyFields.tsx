import { SegmentedControl, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import classes from './Apps.module.css';
import { readStrategy, type StrategyInput } from './strategy-input';

const FIELDS = { atOnce: [], canary: ['shares', 'seconds'], rolling: ['size', 'seconds'] } as const;

/** How new instances come in: all at once, some of the traffic first, or some instances at a time. */
export function StrategyFields({ value, onChange }: { value: StrategyInput; onChange: (value: StrategyInput) => void }) {
  const { t } = useTranslation();
  const { wrong } = readStrategy(value);
  return (
    <fieldset className={classes.strategy}>
      <legend>{t('app.strategy')}</legend>
      <SegmentedControl
        fullWidth
        value={value.kind}
        data={(['atOnce', 'canary', 'rolling'] as const).map((kind) => ({ value: kind, label: t(`app.strategies.${kind}`) }))}
        onChange={(kind) => {
          onChange({ ...value, kind });
        }}
      />
      {FIELDS[value.kind].length > 0 && (
        <div className={classes.numbers}>
          {FIELDS[value.kind].map((field) => (
            <TextInput
              key={field}
              label={t(field === 'seconds' && value.kind === 'canary' ? 'app.watchSeconds' : `app.${field}`)}
              value={value[field]}
              error={wrong === field && t(`app.wrong.${field}`)}
              inputMode={field === 'shares' ? undefined : 'numeric'}
              spellCheck={false}
              onChange={(event) => {
                onChange({ ...value, [field]: event.currentTarget.value });
              }}
            />
          ))}
        </div>
      )}
    </fieldset>
  );
}
