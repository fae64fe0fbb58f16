// dbos.mjs WHO URL RUNS [CONNECTIONS] — a workflow of 40 steps in a row, and one of 400 steps at once; milliseconds.
import { DBOS } from '@dbos-inc/dbos-sdk';
import { report } from './report.mjs';

const [who, systemDatabaseUrl, runs, connections] = process.argv.slice(2);
DBOS.setConfig({ name: 'bench', systemDatabaseUrl, logLevel: 'error', ...(connections && { systemDatabasePoolSize: Number(connections) }) });
const step = i => DBOS.runStep(async () => i, { name: `step${i}` });
const chain = DBOS.registerWorkflow(async () => { for (let i = 0; i < 40; i++) await step(i); }, { name: 'chain' });
const fan = DBOS.registerWorkflow(async () => { await Promise.all(Array.from({ length: 400 }, (_, i) => step(i))); }, { name: 'fan' });
await DBOS.launch();

for (let run = -10; run < Number(runs); run++) {
  for (const [metric, workflow] of [['chain-40-ms', chain], ['fan-out-400-ms', fan]]) {
    const start = performance.now();
    await workflow();
    if (run >= 0) report(metric, who, performance.now() - start);
  }
}
process.exit(0);
