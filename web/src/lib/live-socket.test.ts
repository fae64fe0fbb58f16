import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LiveMessage } from './api-types';
import { LiveSocket } from './live-socket';

class Line {
  onmessage?: (message: { data: string }) => void;
  onclose?: () => void;
  constructor(readonly url: string) {}
  close() {
    this.onclose?.();
  }
  say(message: LiveMessage) {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
}

describe('the live socket', () => {
  let lines: Line[];
  let seen: number[];
  let connected: boolean[];
  let reloads: number;
  let socket: LiveSocket;
  function line() {
    const last = lines.at(-1);
    if (!last) throw new Error('No line was opened.');
    return last;
  }

  beforeEach(() => {
    vi.useFakeTimers();
    [lines, seen, connected, reloads] = [[], [], [], 0];
    socket = new LiveSocket(
      { onEvent: ({ sequence }) => seen.push(sequence), onReload: () => reloads++, onConnected: (now) => connected.push(now) },
      (url) => {
        const made = new Line(url);
        lines.push(made);
        return made as unknown as WebSocket;
      },
    );
  });
  afterEach(() => {
    socket.close();
    vi.useRealTimers();
  });

  it('asks after a break from the last event it saw, so that none is missed and none comes twice', () => {
    line().say({ type: 'hello', sequence: 10 });
    line().say({ type: 'event', sequence: 11 });
    line().close();
    vi.runOnlyPendingTimers();
    expect(new URL(line().url).searchParams.get('since')).toBe('11');
    line().say({ type: 'hello', sequence: 14 });
    for (const sequence of [11, 12, 13, 14]) line().say({ type: 'event', sequence });
    expect(seen).toEqual([11, 12, 13, 14]);
    expect(reloads).toBe(1);
  });

  it('says when it is connected and when it is not', () => {
    line().say({ type: 'hello', sequence: 1 });
    line().close();
    vi.runOnlyPendingTimers();
    line().say({ type: 'hello', sequence: 1 });
    expect(connected).toEqual([true, false, true]);
  });

  it('waits longer after each failure, and at most 15 seconds', () => {
    for (let failure = 0; failure < 12; failure++) {
      line().close();
      vi.advanceTimersByTime(15_000);
    }
    expect(lines).toHaveLength(13);
    line().close();
    vi.advanceTimersByTime(5_000);
    expect(lines).toHaveLength(13);
  });

  it('tries at once when it is told that the network is back', () => {
    line().close();
    socket.hurry();
    expect(lines).toHaveLength(2);
  });

  it('takes a silent connection for dead', () => {
    line().say({ type: 'hello', sequence: 1 });
    vi.advanceTimersByTime(61_000);
    expect(connected).toEqual([true, false]);
  });

  it('opens nothing more once it is closed', () => {
    socket.close();
    vi.advanceTimersByTime(120_000);
    expect(lines).toHaveLength(1);
  });
});
