import { useDeferredValue, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DeploymentTask } from '~/lib/api-types';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { ApiError } from '~/lib/api';
import { LogLines } from './LogLines';
import classes from './LogPanel.module.css';
import { findRows, step, toRows, toText, type LevelFilter } from './log-rows';
import { LogToolbar } from './LogToolbar';
import { hasStarted, useLogStream } from './use-log-stream';

/** The log of one task: everything it wrote, live, and `waiting`, why it has not begun. Mount it with the task's id as key. */
export function LogPanel({ task, waiting }: { task: DeploymentTask; waiting?: string }) {
  const { t } = useTranslation();
  const log = useLogStream(task);
  const [level, setLevel] = useState<LevelFilter>('all');
  const [search, setSearch] = useState('');
  const [at, setAt] = useState(-1);
  const [follow, setFollow] = useState(true);
  const [wrap, setWrap] = useState(false);

  const wanted = useDeferredValue(search);
  const rows = useMemo(() => toRows(log.lines, level), [log.lines, level]);
  const found = useMemo(() => findRows(rows, wanted), [rows, wanted]);
  const current = Math.min(at, found.length - 1);

  function move(by: 1 | -1) {
    setFollow(false);
    setAt(step(found, current, by));
  }

  return (
    <section className={classes.panel} aria-label={t('logs.title', { name: task.name })}>
      <LogToolbar
        level={level}
        onLevel={setLevel}
        search={search}
        onSearch={(text) => {
          setSearch(text);
          setAt(-1);
        }}
        hits={{ at: current, count: found.length }}
        onMove={move}
        follow={follow}
        onFollow={setFollow}
        wrap={wrap}
        onWrap={setWrap}
        copy={() => toText(rows)}
        download={() => ({ name: `${task.appId ? `${task.appId}-` : ''}${task.type}-${task.id}.log`, text: toText(toRows(log.lines, 'all')) })}
      />
      {log.problem && (
        <div className={classes.problem}>
          <ProblemAlert error={new ApiError(log.problem)} />
        </div>
      )}
      {rows.length > 0 ? (
        <LogLines rows={rows} search={wanted} current={found[current]} follow={follow} onFollow={setFollow} wrap={wrap} label={t('logs.title', { name: task.name })} />
      ) : (
        <p className={classes.empty}>{emptyText()}</p>
      )}
      <footer className={classes.foot} data-phase={log.phase}>
        <span>{level === 'all' ? t('logs.lines', { count: log.lines.length }) : t('logs.shown', { shown: rows.filter((row) => row.line).length, total: log.lines.length })}</span>
        {log.phase === 'streaming' && <span className={classes.live}>{t('logs.streaming')}</span>}
        {log.phase === 'reconnecting' && <span role="status">{t('logs.reconnecting')}</span>}
      </footer>
    </section>
  );

  function emptyText() {
    if (log.lines.length > 0) return t('logs.noMatch');
    if (!hasStarted(task)) return waiting ?? t('logs.waiting');
    if (log.phase === 'complete') return t('logs.emptyEnded');
    return log.phase === 'loading' ? t('common.loading') : t('logs.empty');
  }
}
