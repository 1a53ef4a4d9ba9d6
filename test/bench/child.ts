import { benchmarks } from './registry.ts';

/** The process of one benchmark: `child.ts NAME SCALE [COUNT]`, figures go to the parent as a message. */
// it ends with its parent
process.on('disconnect', () => process.exit(1));
const [name, scale, count] = process.argv.slice(2);
const benchmark = await benchmarks.find((one) => one.name === name)!.load();
const figures = await benchmark.run({ scale: Number(scale), count: count === undefined ? null : Number(count) });
process.send!(figures, () => process.exit(0));
