// pg-boss.mjs WHO URL JOBS WARMUP BATCH — jobs a second, by ten loops that fetch BATCH jobs and complete them.
import { PgBoss } from 'pg-boss';
import { report } from './report.mjs';

const [who, connectionString, count, warmUp, batchSize] = process.argv.slice(2);
const boss = new PgBoss({ connectionString, supervise: false, schedule: false });
boss.on('error', error => { console.error(error); process.exit(1); });
await boss.start();
await boss.createQueue('nothing');

async function workOff(jobs) {
  for (let sent = 0; sent < jobs; sent += 1000) await boss.insert('nothing', Array.from({ length: Math.min(1000, jobs - sent) }, () => ({ data: {} })));
  let done = 0;
  const start = performance.now();
  await Promise.all(Array.from({ length: 10 }, async () => {
    for (;;) {
      const fetched = await boss.fetch('nothing', { batchSize: Number(batchSize) });
      if (fetched.length === 0) return;
      await boss.complete('nothing', fetched.map(job => job.id));
      done += fetched.length;
    }
  }));
  if (done !== jobs) throw new Error(`${done} jobs were done, ${jobs} were there`);
  return performance.now() - start;
}

await workOff(Number(warmUp));
report('tasks/s', who, Number(count) / (await workOff(Number(count))) * 1000);
await boss.stop({ graceful: false });
process.exit(0);
