import { Command, CommanderError, Option } from 'commander';
import { registerAdopt } from './adopt/index.ts';
import { registerAnalysisCommands } from './analysis/index.ts';
import { registerApply } from './apply.ts';
import { registerClusterCommands } from './cluster/index.ts';
import type { CliContext } from './command.ts';
import { registerDaemon } from './daemon.ts';
import { registerDemo } from './demo/index.ts';
import { registerDoctor } from './doctor.ts';
import { registerEvidence } from './evidence/index.ts';
import { exitCodes } from './exit-codes.ts';
import { registerExplain } from './explain.ts';
import { registerInstall } from './install.ts';
import { registerLint } from './lint.ts';
import { registerPlan } from './plan.ts';
import { registerReleaseCommands } from './release/index.ts';
import { registerRender } from './render.ts';
import { registerSandbox } from './sandbox.ts';
import { variableOf } from './settings/variables.ts';
import { registerUninstall } from './uninstall.ts';
import { registerVerify } from './verify/index.ts';
import { ownVersion } from './version.ts';

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];

/** The whole command line. */
export function createProgram(context: CliContext): Command {
  const program = new Command('tidegate')
    .description('Releases a workload to many tenants, wave by wave, and takes back what it broke.')
    .version(ownVersion(), '-V, --version')
    .addOption(
      new Option('--log-level <level>', 'how much to log and to tell of errors')
        .choices(LOG_LEVELS)
        .default('info')
        .env(variableOf('log-level')),
    )
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.terminal.write(text),
      writeErr: (text) => context.terminal.writeError(text),
      getOutHasColors: () => context.terminal.hasColour,
      getErrHasColors: () => context.terminal.hasColour,
      getOutHelpWidth: () => HELP_WIDTH,
      getErrHelpWidth: () => HELP_WIDTH,
    })
    .addHelpText('after', EXIT_CODES);
  registerPlan(program, context);
  registerRender(program, context);
  registerLint(program, context);
  registerAnalysisCommands(program, context);
  registerApply(program, context);
  registerReleaseCommands(program, context);
  registerExplain(program, context);
  registerEvidence(program, context);
  registerVerify(program, context);
  registerDoctor(program, context);
  registerAdopt(program, context);
  registerInstall(program, context);
  registerClusterCommands(program, context);
  registerUninstall(program, context);
  registerDaemon(program, context);
  registerSandbox(program, context);
  registerDemo(program, context);
  return program;
}

/** Runs one command line; a wrong one is told with the nearest name. */
export async function runCommandLine(args: readonly string[], context: CliContext): Promise<void> {
  try {
    await createProgram(context).parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const isAsked = error.code === 'commander.helpDisplayed' || error.code === 'commander.version';
    if (isAsked || error.exitCode === 0) return context.finish(exitCodes.done);
    if (asksForJson(args)) {
      const message = error.message.replace(/^error: /, '');
      context.terminal.write(`${JSON.stringify({ error: { kind: 'InvalidInput', message } })}\n`);
    }
    context.finish(exitCodes.badInput);
  }
}

/** Read off the words: a command line that is wrong has no options yet. */
function asksForJson(args: readonly string[]): boolean {
  return args.some(
    (word, index) =>
      /^(--output=json|-o=?json)$/.test(word) || (/^(--output|-o)$/.test(word) && args[index + 1] === 'json'),
  );
}

const HELP_WIDTH = 110;

const EXIT_CODES = `
Exit codes:
  0 done               1 internal error        2 bad input
  10 waits for a person                        11 still running
  20 paused or frozen  30 rolled back          31 rollback not complete
  35 verification failed                       40 inconclusive at the deadline
  50 refused           60 superseded`;
