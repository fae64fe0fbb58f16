import type { LiveMessage } from './api-types';

/*
 * Which events have been seen. The server sends every event after `since` once and in order; across reconnects that
 * gives each event exactly once, as long as the position only moves by events that were taken. `hello` carries the
 * server's present sequence: it is the position of a client that has seen nothing (what it loads now is newer), and
 * otherwise only a check. A server that is behind this client has another history (restored from a backup): everything
 * that was loaded is then worthless.
 */

export interface Position {
  /** The newest event seen; undefined before the first hello. */
  since?: number;
}

export type Verdict = 'take' | 'ignore' | 'reload';

/** Moves the position by one message and says what to do with it. */
export function advance(position: Position, message: LiveMessage): { position: Position; verdict: Verdict } {
  if (message.type === 'hello') {
    const known = position.since;
    if (known === undefined) return { position: { since: message.sequence }, verdict: 'reload' };
    if (message.sequence < known) return { position: { since: message.sequence }, verdict: 'reload' };
    return { position, verdict: 'ignore' };
  }
  if (message.type !== 'event') return { position, verdict: 'ignore' };
  if (position.since !== undefined && message.sequence <= position.since) return { position, verdict: 'ignore' };
  return { position: { since: message.sequence }, verdict: 'take' };
}
