import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { doubts } from '../../src/analysis/doubts.ts';
import { facts } from '../../src/release/facts.ts';
import { copyTree } from './copy-tree.ts';
import { doubtNames } from './doubt-mutations.ts';
import { type Mutation, mutate } from './mutation.ts';
import { factNames, mutations } from './mutations.ts';
import { runTests, type TestOutcome } from './run-tests.ts';

/** `npm run mutants`: each fact, each row of the rollback and each doubt out in turn; a test must go red for it. */

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const AT_ONCE = 2;

/** @throws Error when the source has others */
function checkNames(
  what: string,
  inSource: readonly (readonly [name: string, ...rest: unknown[]])[],
  known: readonly string[],
): void {
  const names = inSource.map(([name]) => name).join(', ');
  if (names === known.join(', ')) return;
  throw new Error(`the ${what} are ${names}; the mutations know ${known.join(', ')}: adapt the mutations`);
}

async function tryMutation(tree: string, mutation: Mutation): Promise<TestOutcome> {
  const file = join(tree, mutation.file);
  const text = await readFile(file, 'utf8');
  await rm(join(tree, 'report.json'), { force: true });
  await writeFile(file, mutate(text, mutation));
  try {
    return await runTests(tree);
  } finally {
    await writeFile(file, text);
  }
}

function line(mutation: Mutation, outcome: TestOutcome): string {
  const verdict = outcome.kind === 'red' ? 'killed  ' : outcome.kind === 'green' ? 'SURVIVED' : 'BROKEN  ';
  const by =
    outcome.kind === 'red' ? outcome.firstFailed : outcome.kind === 'broken' ? outcome.output.slice(0, 500) : '';
  return `${verdict}  ${mutation.name.padEnd(52)}  ${by}\n`;
}

/** Takes from the queue until it is empty. */
async function work(queue: Mutation[], outcomes: TestOutcome[]): Promise<void> {
  await using tree = await copyTree(ROOT);
  for (let mutation = queue.shift(); mutation !== undefined; mutation = queue.shift()) {
    const outcome = await tryMutation(tree.path, mutation);
    outcomes.push(outcome);
    process.stdout.write(line(mutation, outcome));
  }
}

async function main(): Promise<void> {
  checkNames('facts', facts, factNames);
  checkNames('doubts', doubts, doubtNames);
  for (const mutation of mutations) mutate(await readFile(join(ROOT, mutation.file), 'utf8'), mutation);
  {
    await using tree = await copyTree(ROOT);
    const unchanged = await runTests(tree.path);
    if (unchanged.kind !== 'green')
      throw new Error(`the tests do not pass without a mutation: ${JSON.stringify(unchanged)}`);
    process.stdout.write(`${unchanged.tests} tests pass without a mutation\n`);
  }
  const outcomes: TestOutcome[] = [];
  const queue = [...mutations];
  await Promise.all(Array.from({ length: AT_ONCE }, () => work(queue, outcomes)));
  const killed = outcomes.filter((outcome) => outcome.kind === 'red').length;
  process.stdout.write(`${killed} killed, ${outcomes.length - killed} survived\n`);
  if (killed < outcomes.length) process.exitCode = 1;
}

await main();
