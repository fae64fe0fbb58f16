// restate.mjs WHO FOLDER PORT RUNS [PARTITIONS] — starts a server of its own; a handler with 40 steps in a row, and one with 400 at once; milliseconds.
import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, dirname } from 'node:path';
import * as restate from '@restatedev/restate-sdk';
import { report, pause } from './report.mjs';

const [who, folder, first, runs, partitions] = process.argv.slice(2);
const [ingress, admin, node, service] = [0, 1, 2, 3].map(i => Number(first) + i);
const program = join(dirname(createRequire(import.meta.url).resolve('@restatedev/restate-server-linux-x64/package.json')), 'bin', 'restate-server');
const base = mkdtempSync(join(folder, 'restate-'));
const server = spawn(program, ['--base-dir', base, '--node-name', 'bench'], {
  stdio: 'ignore',
  env: {
    ...process.env, DO_NOT_TRACK: '1', RESTATE_LOG_FILTER: 'error',
    RESTATE_INGRESS__BIND_ADDRESS: `127.0.0.1:${ingress}`, RESTATE_ADMIN__BIND_ADDRESS: `127.0.0.1:${admin}`,
    RESTATE_BIND_ADDRESS: `127.0.0.1:${node}`, RESTATE_ADVERTISED_ADDRESS: `http://127.0.0.1:${node}`,
    ...(partitions && { RESTATE_DEFAULT_NUM_PARTITIONS: partitions }),
  },
});
process.on('exit', () => server.kill());

const flow = restate.service({
  name: 'flow',
  handlers: {
    chain: async ctx => { for (let i = 0; i < 40; i++) await ctx.run(`step${i}`, () => i); },
    fan: async ctx => { await restate.RestatePromise.all(Array.from({ length: 400 }, (_, i) => ctx.run(`step${i}`, () => i))); },
  },
});
await restate.serve({ services: [flow], port: service });

const post = (port, path, body) => fetch(`http://127.0.0.1:${port}/${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: body && JSON.stringify(body) });
async function untilDone(what, act) {
  let last = 'no answer';
  for (let attempt = 0; attempt < 150; attempt++, await pause(200)) {
    try {
      const answer = await act();
      if (answer.ok) return;
      last = `${answer.status} ${await answer.text()}`;
    } catch (error) {
      last = error.message;
    }
  }
  throw new Error(`Restate did not ${what}: ${last}`);
}
await untilDone('take the service', () => post(admin, 'deployments', { uri: `http://127.0.0.1:${service}` }));
await untilDone('run the service', () => post(ingress, 'flow/chain'));

for (let run = -10; run < Number(runs); run++) {
  for (const [metric, handler] of [['chain-40-ms', 'chain'], ['fan-out-400-ms', 'fan']]) {
    const start = performance.now();
    const answer = await post(ingress, `flow/${handler}`);
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    await answer.arrayBuffer();
    if (run >= 0) report(metric, who, performance.now() - start);
  }
}
process.exit(0);
