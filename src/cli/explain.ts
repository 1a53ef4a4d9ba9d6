import type { Command } from 'commander';
import {
  type CliContext,
  type HubOptions,
  type Invocation,
  outputOption,
  runs,
  withExamples,
  withHubOptions,
} from './command.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';

interface ExplainOptions extends HubOptions {
  readonly release?: string;
}

/** `tidegate explain` */
export function registerExplain(program: Command, context: CliContext): void {
  const command = program
    .command('explain')
    .summary('say what keeps a tenant from a new version')
    .description(
      'Lists every fact that keeps a tenant from the version of a release: holds, waves before its own, freezes, windows, approvals, slots, and what its own target does. Reads the hub, the clusters and the metrics; changes nothing.',
    )
    .argument('<tenant>', 'name or id of the tenant')
    .option('--release <name>', 'the release (default: the newest that is not over, else the newest)')
    .addOption(outputOption())
    .action(runs<ExplainOptions>(context, explainCommand));
  withHubOptions(command);
  withExamples(command, [
    ['tidegate explain globex', 'why globex is not on the new version'],
    ['tidegate explain globex --release storefront-4.13.0', 'of a release that is over'],
  ]);
}

async function explainCommand({ options, args, output }: Invocation<ExplainOptions>): Promise<ExitCode> {
  const { withHub } = await import('./release/with-hub.ts');
  const { explainTenant } = await import('./explain/explain-tenant.ts');
  const { explanationLines } = await import('./explain/explanation-lines.ts');
  const explanation = await withHub(options, (hub) => explainTenant(hub, args[0]!, options.release ?? null));
  for (const line of explanationLines(explanation)) output.line(line);
  output.answer(explanation);
  return exitCodes.done;
}
