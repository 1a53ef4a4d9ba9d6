import { type BenchmarkModule, fileOf } from './registry.ts';

/** The process of one benchmark: `child.ts NAME SCALE`, figures go to the parent as a message. */
const [name, scale] = process.argv.slice(2);
const benchmark = (await import(fileOf(name!).href)) as BenchmarkModule;
const figures = await benchmark.run({ scale: Number(scale) });
process.send!(figures, () => process.exit(0));
