// Adds up what the test runs left behind and prints the failed tests, then one line: N passed, N failed, N skipped.
//   node summary.mjs FOLDER
// FOLDER holds NAME.trx per .NET project, web.vitest.json, runs.tsv (run, exit code) and steps.tsv (step without tests,
// exit code). What is told by an exit code only (a step, a test host that crashed, a run that left no file) is one failed test.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2];
const read = (name) => readFileSync(join(folder, name), 'utf8');
const rows = (name) => (existsSync(join(folder, name)) ? read(name).trim().split('\n').filter(Boolean).map((line) => line.split('\t')) : []);
const unescape = (text) =>
  text.replace(/&(lt|gt|quot|apos|amp|#x?[0-9a-fA-F]+);/g, (_, name) =>
    ({ lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' })[name] ??
    String.fromCodePoint(name[1] === 'x' ? parseInt(name.slice(2), 16) : Number(name.slice(1))));

/** The results of one trx file: {name, outcome, message}. */
function trx(text) {
  const results = [];
  for (const [, attributes, body] of text.matchAll(/<UnitTestResult\b([^>]*?)(?:\/>|>([\s\S]*?)<\/UnitTestResult>)/g)) {
    const attribute = (name) => unescape(new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1] ?? '');
    const message = unescape(/<Message>([\s\S]*?)<\/Message>/.exec(body ?? '')?.[1] ?? '');
    results.push({ name: attribute('testName'), outcome: attribute('outcome'), message });
  }
  return results;
}

/** The results of vitest's report, in the same shape. */
function vitest(text) {
  return JSON.parse(text).testResults.flatMap((file) =>
    file.assertionResults.length === 0 && file.status === 'failed'
      ? [{ name: file.name, outcome: 'Failed', message: file.message ?? '' }]
      : file.assertionResults.map((test) => ({
          name: test.fullName,
          outcome: test.status === 'passed' ? 'Passed' : test.status === 'failed' ? 'Failed' : 'NotExecuted',
          message: (test.failureMessages ?? []).join('\n'),
        })));
}

function resultsOf(run) {
  const file = run === 'web' ? 'web.vitest.json' : `${run}.trx`;
  if (!existsSync(join(folder, file))) return null;
  return run === 'web' ? vitest(read(file)) : trx(read(file));
}

const failed = [];
const skipped = [];
let passed = 0;
for (const [step, exit] of rows('steps.tsv')) {
  if (exit !== '0') failed.push({ name: step, message: `ended with exit code ${exit}; its output is above` });
}

const runs = rows('runs.tsv');
if (runs.length === 0) failed.push({ name: 'test.sh', message: 'no test was run' });
for (const [run, exit] of runs) {
  let results;
  try {
    results = resultsOf(run);
  } catch (error) {
    failed.push({ name: run, message: `its results cannot be read: ${error.message}` });
    continue;
  }

  const bad = (results ?? []).filter((result) => result.outcome !== 'Passed' && result.outcome !== 'NotExecuted');
  passed += (results ?? []).filter((result) => result.outcome === 'Passed').length;
  skipped.push(...(results ?? []).filter((result) => result.outcome === 'NotExecuted').map((result) => ({ ...result, run })));
  failed.push(...bad.map((result) => ({ ...result, name: `${run}: ${result.name}` })));
  if (exit !== '0' && bad.length === 0) {
    const why = exit === '124' || exit === '137' ? 'it took too long and was ended' : 'the test host ended early or nothing could be run; its output is above';
    failed.push({ name: run, message: `exit code ${exit}: ${why}` });
  }
}

if (skipped.length > 0) {
  console.log('\nSkipped:');
  for (const test of skipped) console.log(`  ${test.run}: ${test.name}${test.message ? ` (${test.message.trim().split('\n')[0]})` : ''}`);
}

if (failed.length > 0) {
  console.log('\nFailed:');
  for (const test of failed) console.log(`  ${test.name}\n${test.message.trim().split('\n').slice(0, 12).map((line) => `      ${line}`).join('\n')}`);
}

console.log(`\n${passed} passed, ${failed.length} failed, ${skipped.length} skipped`);
process.exitCode = failed.length > 0 ? 1 : 0;
