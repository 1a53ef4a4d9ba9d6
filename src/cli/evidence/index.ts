import type { Command } from 'commander';
import { type CliContext, type HubOptions, outputOption, runs, withExamples, withHubOptions } from '../command.ts';
import { badArgument } from '../failure.ts';

interface EvidenceOptions extends HubOptions {
  readonly output: 'text' | 'markdown' | 'json';
}

interface VerifyOptions extends HubOptions {
  readonly file?: string;
  readonly ask?: boolean;
}

/** Adds `evidence` and `evidence verify`. */
export function registerEvidence(program: Command, context: CliContext): void {
  const evidence = program
    .command('evidence')
    .summary('what a release did, and what its decisions stood on')
    .description(
      'Prints what a release did: waves, who is on what, the verdicts and analyses of the last decision on each target with everything they stand on. From the hub; changes nothing.',
    )
    .argument('[release]', 'the release (default: the newest)');
  withHubOptions(evidence)
    .addOption(outputOption(['text', 'markdown', 'json']))
    .action(
      runs<EvidenceOptions>(context, async (invocation) => {
        const { showEvidence } = await import('./show-evidence.ts');
        return showEvidence(invocation);
      }),
    );
  withExamples(evidence, [
    ['tidegate evidence storefront-4.14.0', 'the numbers behind each decision'],
    ['tidegate evidence storefront-4.14.0 --output markdown', 'to attach to a change record'],
    ['tidegate evidence storefront-4.14.0 --output json > evidence.json', 'to keep, and to verify later'],
  ]);
  registerEvidenceVerify(evidence, context);
}

function registerEvidenceVerify(evidence: Command, context: CliContext): void {
  const command = evidence
    .command('verify')
    .summary('come to every verdict again')
    .description(
      'Judges the recorded numbers of every verdict, measurement and phase again, and says which do not agree. Conditions and limits come from the plan, whose hash is checked, or from the file. With --ask the metric sources are asked again for the same moments. Exit code 35: something does not agree.',
    )
    .argument('[release]', 'the release (default: the newest)')
    .option('-f, --file <file>', 'JSON of "tidegate evidence --output json", in place of the hub')
    .option('--ask', 'ask the metric sources again, where they still have the data');
  // the options that say where the hub is, and the output, are those of `evidence`
  command.action(
    runs<VerifyOptions>(context, async (invocation) => {
      const { options, args } = invocation;
      if (options.file !== undefined && options.ask === true)
        throw badArgument('--ask needs the plan and the sources of the hub: leave --file out');
      if (options.file !== undefined && args.length > 0)
        throw badArgument('give a release of the hub, or a file with --file, not both');
      const { verifyEvidence } = await import('./verify-evidence.ts');
      return verifyEvidence(invocation);
    }),
  );
  withExamples(command, [
    ['tidegate evidence verify storefront-4.14.0', 'the record in the hub'],
    ['tidegate evidence verify storefront-4.14.0 --ask', 'and what Prometheus says of the same moments'],
    ['tidegate evidence verify -f evidence.json', 'a file, without any cluster'],
  ]);
}
