import { parseArgs } from 'node:util';
import { createRandom } from './random.ts';
import { type Misfortune, runSeededRelease, type SimulatedOutcome } from './seeded-release.ts';

/** `node test/simulation/main.ts --seeds 200 --every-step`: whole releases on virtual time, killed at every write. */
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    from: { type: 'string', default: '1' },
    'every-step': { type: 'boolean', default: false },
    faults: { type: 'string', default: '0' },
    dark: { type: 'string', default: '0' },
    standby: { type: 'boolean', default: false },
    freeze: { type: 'boolean', default: false },
    kill: { type: 'boolean', default: false },
    adopted: { type: 'boolean', default: false },
    analysed: { type: 'boolean', default: false },
    stages: { type: 'string', default: 'sent,done' },
  },
});

const base: Misfortune = {
  faultRatio: Number(values.faults),
  darkRatio: Number(values.dark),
  standby: values.standby,
  freeze: values.freeze,
  adopted: values.adopted,
  analysed: values.analysed,
};
let failed = 0;
let passed = 0;

function verdict(label: string, calm: SimulatedOutcome, outcome: SimulatedOutcome): void {
  const isSame = outcome.phase === calm.phase && JSON.stringify(outcome.targets) === JSON.stringify(calm.targets);
  const isGood = outcome.violations.length === 0 && isSame;
  if (isGood) passed += 1;
  else {
    failed += 1;
    process.stdout.write(
      `${label}: ${calm.phase} → ${outcome.phase} (${outcome.message}) ${outcome.violations[0] ?? ''} ${JSON.stringify(outcome.targets)}\n`,
    );
  }
}

const from = Number(values.from);
for (let seed = from; seed < from + Number(values.seeds); seed += 1) {
  const calm = await runSeededRelease(seed, { adopted: values.adopted, analysed: values.analysed });
  verdict(`seed ${seed}`, calm, await runSeededRelease(seed, base));
  const random = createRandom(seed);
  const kills = values['every-step']
    ? Array.from({ length: calm.writes }, (_, write) => write)
    : values.kill
      ? [Math.floor(random() * calm.writes)]
      : [];
  for (const write of kills) {
    for (const stage of values.stages.split(',') as ('sent' | 'done')[]) {
      verdict(
        `seed ${seed} killed at ${write} ${stage}`,
        calm,
        await runSeededRelease(seed, { ...base, killAt: { write, stage } }),
      );
    }
  }
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
