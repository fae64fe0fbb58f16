import { describe, expect, it, vi } from 'vitest';
import type { TaskLogLine } from '~/lib/api-types';
import { fakeApi, problem } from '~/lib/testing/fake-api';
import { aLine } from '~/lib/testing/samples';
import { LogStream } from './log-stream';

const PATH = '/api/v1/deployments/d/tasks/t/logs';
const page = (...logs: TaskLogLine[]) => ({ taskId: 't', logs });
const sequences = (stream: LogStream) => stream.getSnapshot().lines.map(({ sequence }) => sequence);

function streamed(...lines: TaskLogLine[]) {
  return new Response(lines.map((line) => `${JSON.stringify(line)}\n`).join(''), { headers: { 'Content-Type': 'application/x-ndjson' } });
}

describe('the log of a task', () => {
  it('that has ended is read page by page, to the end', async () => {
    const asked = fakeApi({ [`GET ${PATH}`]: ({ query }) => (query.get('after') === null ? page(aLine(1), aLine(2)) : query.get('after') === '2' ? page(aLine(3)) : page()) });
    const stream = new LogStream(PATH);
    stream.read(true);
    await vi.waitFor(() => {
      expect(stream.getSnapshot().phase).toBe('complete');
    });
    expect(sequences(stream)).toEqual([1, 2, 3]);
    expect(asked.some(({ query }) => query.has('follow'))).toBe(false);
  });

  it('that runs is followed, and goes on after a break without losing or doubling a line', async () => {
    let follows = 0;
    const asked = fakeApi({
      [`GET ${PATH}`]: ({ query }) => {
        if (!query.has('follow')) return page(...(query.get('after') === null ? [aLine(1)] : []));
        follows++;
        // The second answer begins before the end of the first, as after a broken connection.
        return follows === 1 ? streamed(aLine(2), aLine(3)) : streamed(aLine(3), aLine(4));
      },
    });
    const stream = new LogStream(PATH);
    const stop = stream.read(false);
    await vi.waitFor(
      () => {
        expect(sequences(stream)).toEqual([1, 2, 3, 4]);
      },
      { timeout: 5000 },
    );
    stop();
    expect(asked.filter(({ query }) => query.has('follow')).map(({ query }) => query.get('after'))).toEqual(expect.arrayContaining(['1', '3']));
  });

  it('that may not be read says why, and does not ask again', async () => {
    const asked = fakeApi({ [`GET ${PATH}`]: () => problem(403, 'forbidden', { advice: 'Ask an administrator.' }) });
    const stream = new LogStream(PATH);
    stream.read(false);
    await vi.waitFor(() => {
      expect(stream.getSnapshot()).toMatchObject({ phase: 'failed', problem: { code: 'forbidden' } });
    });
    expect(asked).toHaveLength(1);
  });
});
