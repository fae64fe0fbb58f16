import { ActionIcon, CloseButton, SegmentedControl, TextInput, Tooltip } from '@mantine/core';
import { IconChevronDown, IconChevronsDown, IconChevronUp, IconDownload, IconSearch, IconTextWrap, type Icon } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { CopyIcon } from '~/ui/CopyIcon';
import { downloadText } from '~/lib/download-text';
import classes from './LogPanel.module.css';
import type { LevelFilter } from './log-rows';

const LEVELS: LevelFilter[] = ['all', 'warn', 'error'];

interface Props {
  level: LevelFilter;
  onLevel: (level: LevelFilter) => void;
  search: string;
  onSearch: (text: string) => void;
  hits: { at: number; count: number };
  onMove: (by: 1 | -1) => void;
  follow: boolean;
  onFollow: (follow: boolean) => void;
  wrap: boolean;
  onWrap: (wrap: boolean) => void;
  copy: () => string;
  download: () => { name: string; text: string };
}

export function LogToolbar(props: Props) {
  const { t } = useTranslation();
  return (
    <div className={classes.toolbar}>
      <SearchField {...props} />
      <SegmentedControl
        size="xs"
        aria-label={t('logs.level')}
        value={props.level}
        onChange={(value) => {
          props.onLevel(value);
        }}
        data={LEVELS.map((value) => ({ value, label: t(`logs.levels.${value}`) }))}
      />
      <div className={classes.tools}>
        <Toggle label={t('logs.follow')} Icon={IconChevronsDown} on={props.follow} onChange={props.onFollow} />
        <Toggle label={t('logs.wrap')} Icon={IconTextWrap} on={props.wrap} onChange={props.onWrap} />
        <CopyIcon text={props.copy} label={t('logs.copy')} />
        <Tooltip label={t('logs.download')}>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t('logs.download')}
            onClick={() => {
              const { name, text } = props.download();
              downloadText(name, text);
            }}
          >
            <IconDownload size={16} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </div>
    </div>
  );
}

function SearchField({ search, onSearch, hits, onMove }: Props) {
  const { t } = useTranslation();
  return (
    <div className={classes.search}>
      <TextInput
        size="xs"
        className={classes.field}
        aria-label={t('logs.search')}
        placeholder={t('logs.search')}
        leftSection={<IconSearch size={14} aria-hidden />}
        rightSection={
          search && (
            <CloseButton
              size="xs"
              aria-label={t('common.clear')}
              onClick={() => {
                onSearch('');
              }}
            />
          )
        }
        value={search}
        data-filter
        onChange={(event) => {
          onSearch(event.currentTarget.value);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') onMove(event.shiftKey ? -1 : 1);
          if (event.key === 'Escape') event.currentTarget.blur();
        }}
      />
      {search && (
        <>
          <span className={classes.hits} role="status">
            {hits.count === 0 ? t('logs.noHits') : t('logs.hits', { at: hits.at < 0 ? '–' : hits.at + 1, count: hits.count })}
          </span>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            aria-label={t('logs.previousHit')}
            disabled={hits.count === 0}
            onClick={() => {
              onMove(-1);
            }}
          >
            <IconChevronUp size={16} aria-hidden />
          </ActionIcon>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            aria-label={t('logs.nextHit')}
            disabled={hits.count === 0}
            onClick={() => {
              onMove(1);
            }}
          >
            <IconChevronDown size={16} aria-hidden />
          </ActionIcon>
        </>
      )}
    </div>
  );
}

function Toggle({ label, Icon: Mark, on, onChange }: { label: string; Icon: Icon; on: boolean; onChange: (on: boolean) => void }) {
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant={on ? 'light' : 'subtle'}
        color={on ? undefined : 'gray'}
        aria-label={label}
        aria-pressed={on}
        onClick={() => {
          onChange(!on);
        }}
      >
        <Mark size={16} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}
