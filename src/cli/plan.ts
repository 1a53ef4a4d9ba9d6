import { type Command, Option } from 'commander';
import type { Plan } from '../domain/plan.ts';
import type { PlanDocument } from '../planning/document/document-input.ts';
import {
  type CliContext,
  filesOption,
  type HubOptions,
  type Invocation,
  type Output,
  outputOption,
  runs,
  withExamples,
  withHubOptions,
} from './command.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { badArgument } from './failure.ts';

type PlanOutput = Output<PlanOptions['output']>;

interface PlanOptions extends HubOptions {
  readonly files?: readonly string[];
  readonly release?: string;
  readonly output: 'text' | 'markdown' | 'json';
  readonly out?: string;
  readonly startAt?: string;
  readonly failOn?: FailOn;
  readonly diff?: string;
}

/** What makes a plan fail; an error always does. */
export type FailOn = 'warning' | 'error';

/** `tidegate plan` */
export function registerPlan(program: Command, context: CliContext): void {
  const command = program
    .command('plan')
    .summary('say who gets a release, in which order, under which gates')
    .description(
      'Plans a release: who gets it, in which order, under which gates. Offline from files, or from the hub without -f. Changes nothing.',
    )
    .addOption(filesOption(false))
    .option('--release <name>', 'the release to plan (default: the only one)')
    .addOption(outputOption(['text', 'markdown', 'json']))
    .option('--out <file>', 'write the document there: Markdown, or JSON with --output json')
    .option('--start-at <time>', 'when the forecast starts, RFC 3339 (default: now)')
    .option(
      '--diff <plan>',
      'say what differs from another plan instead: "running" (that of the newest release of the workload in the hub), a release of the hub, or a JSON file from --out',
    )
    .addOption(failOnOption())
    .action(runs<PlanOptions>(context, planCommand));
  withHubOptions(command);
  withExamples(command, [
    ['tidegate plan -f waves --release storefront-4.14.0', 'the plan in short'],
    ['tidegate plan -f waves --release storefront-4.14.0 --output markdown', 'the document to sign'],
    ['tidegate plan -f waves --release storefront-4.14.0 --diff running -o markdown', 'for a pull request'],
    ['tidegate plan --release storefront-4.14.0 --fail-on warning', 'from the hub; exit code 50 on a warning'],
  ]);
}

/** `--fail-on warning|error` */
export function failOnOption(): Option {
  return new Option(
    '--fail-on <severity>',
    'exit with 50 when a plan has warnings; errors always end it with 2',
  ).choices(['warning', 'error']);
}

async function planCommand({ options, output }: Invocation<PlanOptions>): Promise<ExitCode> {
  const { chooseRelease, planOrRefuse, planRelease } = await import('./planned-releases.ts');
  const { readStartAt, readSubject } = await import('./plan-subject.ts');
  const { planDocumentOf } = await import('./plan-answer.ts');
  const startAt = readStartAt(options.startAt);
  const { input, releases, place } = await readSubject(options);
  const release = chooseRelease(releases, options.release, place);
  const plan = planOrRefuse(planRelease(input, release, startAt), release);
  const document = planDocumentOf(plan, startAt);
  if (options.diff !== undefined) await showDiff(plan, options.diff, options, output);
  else await showPlan(document, options, output);
  if (options.failOn !== 'warning' || plan.findings.length === 0) return exitCodes.done;
  output.note(`refused: ${plan.findings.length} warnings, and --fail-on warning`);
  return exitCodes.refused;
}

async function showPlan(document: PlanDocument, options: PlanOptions, output: PlanOutput): Promise<void> {
  const { planAnswer } = await import('./plan-answer.ts');
  const { planText } = await import('./plan-text.ts');
  const { planMarkdown } = await import('../planning/markdown.ts');
  if (options.out !== undefined) {
    const text = options.output === 'json' ? `${JSON.stringify(planAnswer(document))}\n` : planMarkdown(document);
    await writeDocument(options.out, text);
    output.note(`plan ${document.plan.hash.slice(0, 12)} written to ${options.out}`);
  } else if (options.output === 'markdown') output.line(planMarkdown(document).trimEnd());
  if (options.output === 'text') for (const line of planText(document)) output.line(line);
  output.answer(planAnswer(document));
}

async function showDiff(plan: Plan, wanted: string, options: PlanOptions, output: PlanOutput): Promise<void> {
  const { comparedPlan } = await import('./plan-compared.ts');
  const { planDiff } = await import('../planning/plan-diff.ts');
  const { diffLines, diffMarkdown } = await import('../planning/plan-diff-text.ts');
  const { plain } = await import('./job/markdown-text.ts');
  const diff = planDiff(await comparedPlan(wanted, plan.workload, options), plan);
  if (options.out !== undefined) {
    const text = options.output === 'json' ? JSON.stringify({ diff }) : diffMarkdown(diff, plain);
    await writeDocument(options.out, `${text}\n`);
    output.note(`difference written to ${options.out}`);
  } else if (options.output === 'markdown') output.line(diffMarkdown(diff, plain));
  if (options.output === 'text') for (const line of diffLines(diff)) output.line(line);
  output.answer({ diff });
}

async function writeDocument(path: string, text: string): Promise<void> {
  const { writeFile } = await import('node:fs/promises');
  try {
    await writeFile(path, text);
  } catch (error) {
    throw badArgument(`--out: writing ${path}: ${(error as NodeJS.ErrnoException).code ?? String(error)}`);
  }
}
