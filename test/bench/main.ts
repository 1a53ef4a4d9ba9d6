import { parseArgs } from 'node:util';
import type { Figure } from './figure.ts';
import { benchmarks } from './registry.ts';
import { figureRow, headerRow, jsonLine } from './report.ts';
import { runBenchmark } from './run-benchmark.ts';

/** `node test/bench/main.ts [name…] [--output json] [--scale 0.1] [--count 1000]` */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    output: { type: 'string', default: 'text' },
    scale: { type: 'string', default: '1' },
    count: { type: 'string' },
  },
});

const unknown = positionals.filter((name) => !benchmarks.some((one) => one.name === name));
const scale = Number(values.scale);
const count = values.count === undefined ? null : Number(values.count);
const isCount = count === null || (Number.isInteger(count) && count > 0);
if (unknown.length > 0 || !(scale > 0) || !isCount || !['text', 'json'].includes(values.output)) {
  const names = benchmarks.map((one) => one.name).join(' ');
  process.stderr.write(
    `usage: npm run bench -- [name…] [--output json] [--scale 0.1] [--count 1000]; names: ${names}\n`,
  );
  process.exit(2);
}

const chosen = benchmarks.filter((one) => (positionals.length === 0 ? !one.isLong : positionals.includes(one.name)));
const figures: Figure[] = [];
process.stdout.write(`${headerRow()}\n`);
for (const benchmark of chosen) {
  const measured = await runBenchmark(benchmark, { scale, count });
  figures.push(...measured);
  for (const figure of measured) process.stdout.write(`${figureRow(figure)}\n`);
}
if (values.output === 'json') process.stdout.write(`${jsonLine(figures)}\n`);
process.exitCode = figures.some((figure) => figure.ok === false) ? 1 : 0;
