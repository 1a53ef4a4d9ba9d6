import { parseArgs } from 'node:util';
import pLimit from 'p-limit';
import { LabUnavailable, startLab } from '../../lab/lab.ts';
import { differenceOf } from './difference.ts';
import { connectToLab } from './lab-world.ts';
import { commonOf, writeRecording } from './recording.ts';
import { isSolitary, loadScenarios, type Milestone, runScenario, type Scenario, type World } from './runner.ts';

const help = `Plays the scenarios in the lab and compares what is seen with what is recorded.

Usage: npm run scenarios -- [options] [NAME ...]

  --record     write what is seen into the scenarios instead
  --keep       with --record: what is recorded counts as one more run, so that nothing is gained but what is volatile
  --times N    play each so often (default: 1, and 3 for a recording)
  --at-once N  play so many scenarios at once (default: 4); those that stop the controller or hang on a moment run alone
  --help       show this
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    record: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    times: { type: 'string' },
    'at-once': { type: 'string', default: '4' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

if (values.help) process.stdout.write(help);
else await main(values.record, Number(values.times ?? (values.record ? 3 : 1)));

async function main(isRecording: boolean, times: number): Promise<void> {
  const scenarios = loadScenarios().filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  try {
    const lab = await startLab({ log: (line) => console.log(line) });
    const world = await connectToLab(lab);
    try {
      const serve = async (scenario: Scenario) => {
        const isGood = isRecording ? await record(world, scenario, times) : await compare(world, scenario, times);
        if (!isGood) process.exitCode = 1;
      };
      await pLimit(Number(values['at-once'])).map(
        scenarios.filter((scenario) => !isSolitary(scenario)),
        serve,
      );
      for (const scenario of scenarios.filter(isSolitary)) await serve(scenario);
    } finally {
      await world.close();
      await lab.stop();
    }
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = error instanceof LabUnavailable ? LabUnavailable.exitCode : 1;
  }
}

async function compare(world: World, scenario: Scenario, times: number): Promise<boolean> {
  for (let time = 1; time <= times; time += 1) {
    const seen = await play(world, scenario);
    const difference = seen ? differenceOf(scenario, seen) : 'it did not come to its end';
    console.log(`${difference ? 'differs' : 'same   '} ${scenario.name}${difference ? `\n${difference}` : ''}`);
    if (difference) return false;
  }
  return true;
}

async function record(world: World, scenario: Scenario, times: number): Promise<boolean> {
  const runs: Milestone[][] = values.keep ? [scenario.milestones] : [];
  for (let time = 1; time <= times; time += 1) {
    const seen = await play(world, scenario);
    if (!seen) return false;
    runs.push(seen);
  }
  const recording = commonOf(runs, scenario.volatile);
  const unsteady = recording.volatile.filter((milestone) => 'did' in milestone || 'final' in milestone);
  if (unsteady.length > 0) {
    console.log(`not recorded, its runs went different ways: ${scenario.name} (${JSON.stringify(unsteady)})`);
    return false;
  }
  writeRecording(scenario, recording);
  console.log(`recorded ${scenario.name}: ${recording.milestones.length} milestones in ${times} runs`);
  for (const milestone of recording.volatile) console.log(`  volatile: ${JSON.stringify(milestone)}`);
  return true;
}

async function play(world: World, scenario: Scenario): Promise<Milestone[] | undefined> {
  try {
    return await runScenario(world, scenario);
  } catch (error) {
    console.log((error as Error).message);
    return undefined;
  }
}
