// graphile.mjs tasks WHO URL JOBS WARMUP default|tuned — jobs a second; graphile.mjs pickup WHO URL SAMPLES WARMUP — from addJob to the handler, milliseconds.
import { Logger, makeWorkerUtils, run } from 'graphile-worker';
import { report, percentile, pause } from './report.mjs';

const [mode, who, connectionString, count, warmUp, variant] = process.argv.slice(2);
const options = { connectionString, concurrency: 10, noHandleSignals: true, logger: new Logger(() => () => {}) };
if (variant === 'tuned') options.preset = { worker: { localQueue: { size: 500 }, completeJobBatchDelay: 0, failJobBatchDelay: 0 } };

const utils = await makeWorkerUtils(options);
await utils.migrate();

async function workOff(jobs) {
  await utils.addJobs(Array.from({ length: jobs }, () => ({ identifier: 'nothing', payload: {} })));
  let done = 0, finished;
  const all = new Promise(resolve => (finished = resolve));
  const start = performance.now();
  const runner = await run({ ...options, taskList: { nothing: async () => {} } });
  runner.events.on('job:complete', () => { if (++done === jobs) finished(performance.now()); });
  const end = await all;
  await runner.stop();
  return end - start;
}

if (mode === 'tasks') {
  await workOff(Number(warmUp));
  report('tasks/s', who, Number(count) / (await workOff(Number(count))) * 1000);
} else {
  let taken;
  const runner = await run({ ...options, taskList: { nothing: async () => taken(performance.now()) } });
  const elapsed = [];
  for (let sample = -warmUp; sample < Number(count); sample++) {
    await pause(5 + Math.random() * 15);
    const got = new Promise(resolve => (taken = resolve));
    const start = performance.now();
    await utils.addJob('nothing', {});
    const took = (await got) - start;
    if (sample >= 0) elapsed.push(took);
  }
  report('pickup-p50-ms', who, percentile(elapsed, 0.5));
  report('pickup-p99-ms', who, percentile(elapsed, 0.99));
  await runner.stop();
}
await utils.release();
process.exit(0);
