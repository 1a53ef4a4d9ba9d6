import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { below, beside, type Figure, unmeasured } from '../figure.ts';
import { median } from '../quantile.ts';
import type { BenchmarkOptions } from '../registry.ts';

const RUNS = 15;
const BAR_MS = 150;

/** How long people wait for `--help`; beside it what Node alone takes. Taken in turns, so that a busy machine slows all alike. */
export async function run({ scale }: BenchmarkOptions): Promise<readonly Figure[]> {
  const source = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));
  const built = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));
  const forms = [
    { name: 'help node alone', args: ['-e', '0'] },
    ...(existsSync(source) ? [{ name: 'help', args: [source, '--help'] }] : []),
    ...(existsSync(built) ? [{ name: 'help built', args: [built, '--help'] }] : []),
  ].map((form) => ({ ...form, takenMs: [] as number[] }));
  for (let index = 0; index < Math.max(3, Math.round(RUNS * scale)); index += 1) {
    for (const form of forms) form.takenMs.push(wallMs(form.args));
  }
  const figures = forms.map(({ name, args, takenMs }) =>
    args[0] === '-e'
      ? beside(name, median(takenMs), 'ms', `median of ${takenMs.length}`)
      : below(BAR_MS, name, median(takenMs), 'ms', `median of ${takenMs.length}, wall`),
  );
  const missing = existsSync(source) ? [] : [unmeasured('help', 'ms', BAR_MS, 'src/cli/main.ts is not there')];
  return Promise.resolve([...figures, ...missing]);
}

function wallMs(args: readonly string[]): number {
  const since = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (status !== 0) throw new Error(`running node ${args.join(' ')}: ended with ${status}: ${stderr}`);
  return performance.now() - since;
}
