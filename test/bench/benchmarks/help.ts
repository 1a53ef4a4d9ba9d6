import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { below, beside, type Figure } from '../figure.ts';
import { median } from '../quantile.ts';
import type { BenchmarkOptions } from '../registry.ts';

const RUNS = 15;
const BAR_MS = 150;
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** Two levels above the program lies our package.json, as with a published one. */
const BUILT = '.bench-dist';

/** How long people wait for `--help`, taken in turns so that a busy machine slows all forms alike. */
export async function run({ scale }: BenchmarkOptions): Promise<readonly Figure[]> {
  build();
  try {
    const takenMs = take(Math.max(3, Math.round(RUNS * scale)));
    const about = (taken: readonly number[]) => `median of ${taken.length}, fastest ${Math.min(...taken).toFixed(0)}`;
    const { built, source, bare } = takenMs;
    return await Promise.resolve([
      below(BAR_MS, 'help', median(built), 'ms', `built, as published; wall, ${about(built)}`),
      beside('help from the sources', median(source), 'ms', `types stripped at each start; ${about(source)}`),
      beside('help node alone', median(bare), 'ms', about(bare)),
    ]);
  } finally {
    rmSync(join(ROOT, BUILT), { recursive: true, force: true });
  }
}

function build(): void {
  const packageFile = createRequire(import.meta.url).resolve('typescript/package.json');
  const { bin } = createRequire(import.meta.url)(packageFile) as { readonly bin: { readonly tsc: string } };
  const compiler = join(packageFile, '..', bin.tsc);
  node([compiler, '-p', 'tsconfig.build.json', '--outDir', BUILT]);
}

function take(runs: number) {
  const forms = {
    built: [join(BUILT, 'cli/main.js'), '--help'],
    source: ['src/cli/main.ts', '--help'],
    bare: ['-e', '0'],
  };
  const takenMs = { built: [] as number[], source: [] as number[], bare: [] as number[] };
  for (let index = 0; index < runs; index += 1) {
    for (const form of ['built', 'source', 'bare'] as const) takenMs[form].push(node(forms[form]));
  }
  return takenMs;
}

/** Wall milliseconds of one run. @throws Error when it fails */
function node(args: readonly string[]): number {
  const since = performance.now();
  const stdio: ('ignore' | 'pipe')[] = ['ignore', 'ignore', 'pipe'];
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8', stdio });
  if (status !== 0) throw new Error(`running node ${args.join(' ')}: ended with ${status}: ${stderr}`);
  return performance.now() - since;
}
