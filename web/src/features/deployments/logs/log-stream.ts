import { api, ApiError, toProblem } from '~/lib/api';
import type { Problem, TaskLogLine, TaskLogs } from '~/lib/api-types';
import { backoff } from '~/lib/backoff';
import { readLines } from '~/lib/ndjson';
import { cleanMessage } from './clean-message';

/*
 * The log of one task, as it grows. Lines are known by their sequence: what was read stays, and every try, the first or
 * one after a break, asks for what comes after the last line. First all that exists, in ordinary answers; then, while
 * the task has not ended, the stream that follows it. Readers are told at most every FLUSH_MS, however fast it writes.
 */

const FLUSH_MS = 80;

export type LogPhase = 'idle' | 'loading' | 'streaming' | 'reconnecting' | 'complete' | 'failed';

export interface LogSnapshot {
  lines: readonly TaskLogLine[];
  phase: LogPhase;
  problem?: Problem;
}

export class LogStream {
  private lines: TaskLogLine[] = [];
  private snapshot: LogSnapshot = { lines: [], phase: 'idle' };
  private readonly listeners = new Set<() => void>();
  private flush?: ReturnType<typeof setTimeout>;
  private running?: AbortController;

  /** @param path The address of the logs, `…/tasks/{taskId}/logs`. */
  constructor(private readonly path: string) {}

  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };

  getSnapshot = () => this.snapshot;

  /** Reads on from the last line; with `ended` up to what exists, else until stopped. Stops what ran before. */
  read(ended: boolean) {
    this.stop();
    const running = new AbortController();
    this.running = running;
    this.publish(this.lines.length > 0 && !ended ? 'streaming' : 'loading');
    void this.run(ended, running.signal);
    return () => {
      running.abort();
    };
  }

  stop() {
    this.running?.abort();
    this.running = undefined;
  }

  private async run(ended: boolean, signal: AbortSignal) {
    const stopped = () => signal.aborted;
    for (let failures = 0; !stopped(); ) {
      const before = this.lines.length;
      try {
        await this.catchUp(signal);
        if (ended) {
          this.publish('complete');
          return;
        }
        this.publish('streaming');
        await this.follow(signal);
      } catch (error) {
        if (stopped()) return;
        if (error instanceof ApiError && error.status >= 400 && error.status < 500) {
          this.publish('failed', toProblem(error));
          return;
        }
        this.publish('reconnecting');
      }
      failures = this.lines.length > before ? 0 : failures + 1;
      await pause(backoff(failures), signal);
    }
  }

  private async catchUp(signal: AbortSignal) {
    for (;;) {
      const { logs } = await api.get<TaskLogs>(this.path, { query: { after: this.last() }, signal });
      if (!this.append(logs, signal)) return;
    }
  }

  private async follow(signal: AbortSignal) {
    const response = await api.open(this.path, { query: { after: this.last(), follow: true }, signal });
    if (!response.body) return;
    for await (const lines of readLines<TaskLogLine>(response.body)) this.append(lines, signal);
  }

  /** Takes the lines that are new; false when none was. */
  private append(lines: TaskLogLine[], signal: AbortSignal) {
    if (signal.aborted) return false;
    let last = this.last() ?? -1;
    let grew = false;
    for (const line of lines) {
      if (line.sequence <= last) continue;
      last = line.sequence;
      this.lines.push({ ...line, message: cleanMessage(line.message) });
      grew = true;
    }
    if (grew) this.flush ??= setTimeout(() => {
      this.publish(this.snapshot.phase);
    }, FLUSH_MS);
    return grew;
  }

  private last() {
    return this.lines.at(-1)?.sequence;
  }

  private publish(phase: LogPhase, problem?: Problem) {
    clearTimeout(this.flush);
    this.flush = undefined;
    this.snapshot = { lines: this.lines.slice(), phase, problem };
    for (const listener of this.listeners) listener();
  }
}

function pause(milliseconds: number, signal: AbortSignal) {
  return new Promise<void>((resolve) => {
    const timer = setTimeout(done, milliseconds);
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
  });
}
