import type { Figure } from './figure.ts';

/** How a benchmark is asked to run. */
export interface BenchmarkOptions {
  /** 1 is the size that the bars are meant for. */
  readonly scale: number;
  /** How often each thing is done, where a benchmark counts; `null`: as often as `scale` says. */
  readonly count: number | null;
}

/** The shape of every file in `benchmarks/`. */
export interface BenchmarkModule {
  run(options: BenchmarkOptions): Promise<readonly Figure[]>;
}

/** A benchmark and how often it runs, each time in a new process. */
export interface Benchmark {
  readonly name: string;
  readonly repeats: number;
  /** Flags of its process. */
  readonly nodeFlags: readonly string[];
  /** Takes so long that it runs only when it is named. */
  readonly isLong: boolean;
  readonly load: () => Promise<BenchmarkModule>;
}

/** The heap of a container with a memory limit; without one Node lets garbage lie where there is room. */
const HEAP_LIMIT = '--max-old-space-size=256';

const once = { repeats: 1, nodeFlags: [], isLong: false };

/** In the order they run: quick ones first. */
export const benchmarks: readonly Benchmark[] = [
  { ...once, name: 'help', load: () => import('./benchmarks/help.ts') },
  { ...once, name: 'plan-10000', repeats: 3, load: () => import('./benchmarks/plan-10000.ts') },
  { ...once, name: 'lost-commands', load: () => import('./benchmarks/lost-commands.ts') },
  { ...once, name: 'abort-latency', load: () => import('./benchmarks/abort-latency.ts') },
  { ...once, name: 'rollback-width', load: () => import('./benchmarks/rollback-width.ts') },
  { ...once, name: 'pace', load: () => import('./benchmarks/pace.ts') },
  { ...once, name: 'slo-round', load: () => import('./benchmarks/slo-round.ts') },
  {
    ...once,
    name: 'analysis',
    nodeFlags: ['--expose-gc', HEAP_LIMIT],
    load: () => import('./benchmarks/analysis.ts'),
  },
  { ...once, name: 'release-2000', load: () => import('./benchmarks/release-2000.ts') },
  {
    name: 'daemon-2000',
    repeats: 1,
    nodeFlags: [HEAP_LIMIT],
    isLong: false,
    load: () => import('./benchmarks/daemon-2000.ts'),
  },
  { ...once, name: 'demo-cold', load: () => import('./benchmarks/demo-cold.ts') },
  { ...once, name: 'analysis-lab', isLong: true, load: () => import('./benchmarks/analysis-lab.ts') },
  {
    ...once,
    name: 'lost-commands-lab',
    isLong: true,
    load: () => import('./benchmarks/lost-commands-lab.ts'),
  },
];
