import { parseArgs } from 'node:util';
import { type FuzzReport, readMangled } from './read-mangled.ts';

/** `node test/fuzz/main.ts --documents N --seed S`: reads N damaged documents; exit code 1 when one is neither parsed nor refused. */

const { values } = parseArgs({
  options: { documents: { type: 'string', default: '20000' }, seed: { type: 'string', default: '1' } },
});
const documents = Number(values.documents);
const seed = Number(values.seed);
if (!Number.isSafeInteger(documents) || documents < 1 || !Number.isSafeInteger(seed)) {
  throw new Error('expected whole numbers: --documents from 1, --seed');
}

function lineOf({ parsed, refused, failed, slowest, cpuMs }: FuzzReport): string {
  const slow = `the slowest ${slowest.cpuMs.toFixed(1)} ms (seed ${slowest.seed})`;
  return `${parsed} parsed, ${refused} refused, ${failed.length} failed; ${(cpuMs / 1000).toFixed(1)} s of processor time, ${slow}`;
}

const report = readMangled(documents, seed);
for (const failure of report.failed.slice(0, 20)) process.stdout.write(`${failure}\n`);
process.stdout.write(`${lineOf(report)}\n`);
if (report.failed.length > 0) process.exitCode = 1;
