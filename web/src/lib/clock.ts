import { useSyncExternalStore } from 'react';

/*
 * One clock for the page. Durations that tick are the difference between the server's start time and 'now', so 'now'
 * is the server's: its Date header corrects a local clock that is visibly wrong. One timer serves every component
 * that shows a time, and it runs only while one is shown.
 */

const TOLERATED_MS = 3000;
let offset = 0;

/** Learns the server's time from a Date header. */
export function observeServerTime(date: string | null) {
  if (!date) return;
  const difference = Date.parse(date) - Date.now();
  if (!Number.isNaN(difference)) offset = Math.abs(difference) > TOLERATED_MS ? difference : 0;
}

/** Milliseconds since the epoch, by the server's clock. */
export function serverNow() {
  return Date.now() + offset;
}

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let current = 0;

function subscribe(listener: () => void) {
  listeners.add(listener);
  timer ??= setInterval(() => {
    current = second();
    for (const each of listeners) each();
  }, 1000);
  current = second();
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

const second = () => Math.floor(serverNow() / 1000) * 1000;
const never = () => () => undefined;

/** The present second, ticking while `running`. */
export function useNow(running = true) {
  return useSyncExternalStore(running ? subscribe : never, () => (timer && running ? current : (current ||= second())));
}
