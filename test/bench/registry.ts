import { existsSync } from 'node:fs';
import type { Figure } from './figure.ts';

/** How a benchmark is asked to run. */
export interface BenchmarkOptions {
  /** 1 is the size that the bars are meant for. */
  readonly scale: number;
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
}

/** In the order they run: quick ones first. */
export const benchmarks: readonly Benchmark[] = [
  { name: 'help', repeats: 1, nodeFlags: [] },
  { name: 'plan-10000', repeats: 3, nodeFlags: [] },
  { name: 'lost-commands', repeats: 1, nodeFlags: [] },
  { name: 'abort-latency', repeats: 1, nodeFlags: [] },
  { name: 'rollback-width', repeats: 1, nodeFlags: [] },
  { name: 'slo-round', repeats: 1, nodeFlags: [] },
  { name: 'release-2000', repeats: 1, nodeFlags: [] },
  // the heap of a container with a memory limit; without one Node lets garbage lie where there is room
  { name: 'daemon-2000', repeats: 1, nodeFlags: ['--max-old-space-size=256'] },
  { name: 'demo-cold', repeats: 1, nodeFlags: [] },
].filter(({ name }) => existsSync(fileOf(name)));

/** The code of a benchmark. */
export function fileOf(name: string): URL {
  return new URL(`benchmarks/${name}.ts`, import.meta.url);
}
