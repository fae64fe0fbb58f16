import { Button } from '@mantine/core';
import { IconArrowDown } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { LogLineRow } from './LogLineRow';
import classes from './LogPanel.module.css';
import type { LogRow } from './log-rows';

const ROW_PX = 20;
/** Closer to the end than this counts as being there. */
const NEAR_END_PX = 24;

interface Props {
  rows: LogRow[];
  search: string;
  /** Index of the row with the match that is looked at. */
  current: number | undefined;
  follow: boolean;
  onFollow: (follow: boolean) => void;
  wrap: boolean;
  label: string;
}

/** The rows that are in view, of any number. Scrolling up stops following the end, scrolling to the end starts it again. */
export function LogLines({ rows, search, current, follow, onFollow, wrap, label }: Props) {
  const { t } = useTranslation();
  const scroller = useRef<HTMLDivElement>(null);
  const top = useRef(0);
  // eslint-disable-next-line react-hooks/incompatible-library -- its functions are called during render and not handed on
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 24,
  });
  const columns = useMemo(() => (wrap ? 0 : rows.reduce((longest, row) => Math.max(longest, row.line?.message.length ?? 0), 0)), [rows, wrap]);

  useEffect(() => {
    if (follow && rows.length > 0) virtual.scrollToIndex(rows.length - 1, { align: 'end' });
  }, [follow, rows.length, wrap, virtual]);
  useEffect(() => {
    if (current !== undefined) virtual.scrollToIndex(current, { align: 'center' });
  }, [current, virtual]);
  useEffect(() => {
    virtual.measure();
  }, [wrap, virtual]);

  function onScroll() {
    const element = scroller.current;
    if (!element) return;
    const rest = element.scrollHeight - element.scrollTop - element.clientHeight;
    const up = element.scrollTop < top.current;
    top.current = element.scrollTop;
    if (follow && up && rest > NEAR_END_PX) onFollow(false);
    else if (!follow && !up && rest <= 1) onFollow(true);
  }

  return (
    <div className={classes.viewport}>
      <div ref={scroller} className={classes.scroller} onScroll={onScroll} tabIndex={0} role="log" aria-live="off" aria-label={label} data-wrap={wrap || undefined}>
        <div className={classes.lines} style={{ height: virtual.getTotalSize(), minWidth: wrap ? undefined : `calc(${columns}ch + var(--log-margin))` }}>
          {virtual.getVirtualItems().map((item) => {
            const row = rows[item.index];
            return (
              row && (
                <div key={item.key} ref={wrap ? virtual.measureElement : undefined} data-index={item.index} className={classes.place} style={{ transform: `translateY(${item.start}px)` }}>
                  <LogLineRow row={row} search={search} current={item.index === current} />
                </div>
              )
            );
          })}
        </div>
      </div>
      {!follow && (
        <Button
          className={classes.toEnd}
          variant="default"
          size="compact-sm"
          radius="xl"
          leftSection={<IconArrowDown size={14} aria-hidden />}
          onClick={() => {
            onFollow(true);
          }}
        >
          {t('logs.toEnd')}
        </Button>
      )}
    </div>
  );
}
