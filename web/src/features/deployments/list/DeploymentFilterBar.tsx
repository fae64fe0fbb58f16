import { Button, CloseButton, Select, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { appsQuery } from '../../apps/queries';
import { isFiltered, type DeploymentFilter } from '../filter';
import { environmentsQuery } from '../queries';
import { RUN_STATUSES } from '../status';
import { StatusIcon } from '~/ui/StatusBadge';
import classes from './DeploymentFilterBar.module.css';

/** Typing is not asked about letter by letter. */
const PAUSE_MS = 250;

export function DeploymentFilterBar({ filter, onChange }: { filter: DeploymentFilter; onChange: (filter: DeploymentFilter) => void }) {
  const { t } = useTranslation();
  const apps = useQuery(appsQuery);
  const environments = useQuery(environmentsQuery);
  return (
    <div role="search" className={classes.bar}>
      <TextFilter
        value={filter.q ?? ''}
        onChange={(q) => {
          onChange({ ...filter, q: q || undefined });
        }}
      />
      <Select
        className={classes.choice}
        aria-label={t('deployments.status')}
        placeholder={t('deployments.any.status')}
        data={RUN_STATUSES.map((status) => ({ value: status, label: t(`status.${status}`) }))}
        value={filter.status ?? null}
        onChange={(value) => {
          onChange({ ...filter, status: (value) ?? undefined });
        }}
        renderOption={({ option }) => (
          <span className={classes.option}>
            <StatusIcon status={option.value} /> {option.label}
          </span>
        )}
        clearable
        comboboxProps={{ width: 'max-content', position: 'bottom-start' }}
      />
      <Select
        className={classes.choice}
        aria-label={t('deployments.app')}
        placeholder={t('deployments.any.app')}
        data={withChosen(filter.app, (apps.data ?? []).map(({ id, name }) => ({ value: id, label: name })))}
        value={filter.app ?? null}
        onChange={(app) => {
          onChange({ ...filter, app: app ?? undefined });
        }}
        searchable
        clearable
      />
      <Select
        className={classes.choice}
        aria-label={t('deployments.environment')}
        placeholder={t('deployments.any.environment')}
        data={withChosen(filter.environment, (environments.data ?? []).map(({ name }) => ({ value: name, label: name })))}
        value={filter.environment ?? null}
        onChange={(environment) => {
          onChange({ ...filter, environment: environment ?? undefined });
        }}
        clearable
      />
      {isFiltered(filter) && (
        <Button
          variant="subtle"
          color="gray"
          onClick={() => {
            onChange({});
          }}
        >
          {t('deployments.clearFilter')}
        </Button>
      )}
    </div>
  );
}

/** A choice that the address names stays visible even when the list does not (yet) have it. */
function withChosen(chosen: string | undefined, options: { value: string; label: string }[]) {
  const distinct = options.filter((option, index) => options.findIndex(({ value }) => value === option.value) === index);
  return !chosen || distinct.some(({ value }) => value === chosen) ? distinct : [{ value: chosen, label: chosen }, ...distinct];
}

function TextFilter({ value, onChange }: { value: string; onChange: (text: string) => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(value);
  const [known, setKnown] = useState(value);
  const field = useRef<HTMLInputElement>(null);
  const changed = useRef(onChange);
  // The address changed by other means (back, 'clear filter'): the field follows it.
  if (value !== known) {
    setKnown(value);
    if (value !== typed.trim()) setTyped(value);
  }
  useEffect(() => {
    changed.current = onChange;
  });
  useEffect(() => {
    if (typed.trim() === value) return;
    const timer = setTimeout(() => {
      changed.current(typed.trim());
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [typed, value]);
  return (
    <TextInput
      ref={field}
      className={classes.text}
      aria-label={t('deployments.search')}
      placeholder={t('deployments.search')}
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={
        typed ? (
          <CloseButton
            size="sm"
            aria-label={t('common.clear')}
            onClick={() => {
              setTyped('');
              field.current?.focus();
            }}
          />
        ) : (
          <kbd className={classes.slash} aria-hidden>
            /
          </kbd>
        )
      }
      data-filter
      value={typed}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') event.currentTarget.blur();
      }}
    />
  );
}
