import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Figure, medianFigure } from './figure.ts';
import type { Benchmark, BenchmarkOptions } from './registry.ts';

const CHILD = fileURLToPath(new URL('child.ts', import.meta.url));

/** Runs a benchmark as often as it wants, and gives the medians. @throws Error when one of its processes fails */
export async function runBenchmark(benchmark: Benchmark, options: BenchmarkOptions): Promise<readonly Figure[]> {
  const runs: (readonly Figure[])[] = [];
  for (let run = 0; run < benchmark.repeats; run += 1) runs.push(await runOnce(benchmark, options));
  return runs[0]!.map((figure) =>
    medianFigure(runs.flatMap((run) => run.find((one) => one.name === figure.name) ?? [])),
  );
}

function runOnce({ name, nodeFlags }: Benchmark, { scale, count }: BenchmarkOptions): Promise<readonly Figure[]> {
  return new Promise((resolve, reject) => {
    let figures: readonly Figure[] | null = null;
    // its words go to stderr, so that the last line of stdout is ours
    const parameters = [name, String(scale), ...(count === null ? [] : [String(count)])];
    const child = fork(CHILD, parameters, { execArgv: [...nodeFlags], stdio: ['ignore', 2, 2, 'ipc'] });
    child.on('message', (message) => {
      figures = message as readonly Figure[];
    });
    // a benchmark may answer an interrupt with what it has; others end
    const interrupt = () => child.kill('SIGINT');
    process.on('SIGINT', interrupt);
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      process.off('SIGINT', interrupt);
      if (figures !== null && code === 0) resolve(figures);
      else
        reject(new Error(`running benchmark ${name}: its process ended with ${signal ?? code}, see its words above`));
    });
  });
}
