import { type Command, InvalidArgumentError, Option } from 'commander';
import { durationMs } from '../config/parse/duration.ts';
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

interface DaemonOptions extends HubOptions {
  readonly identity?: string;
  readonly leaseName: string;
  /** ms */
  readonly leaseDuration: number;
}

/** A daemon that was asked to stop and does not is ended. */
const STOP_DEADLINE_MS = 10_000;
/** A leader that missed a renewal has time for another before it must stop. */
const RENEWALS_PER_LEASE = 3;
const SHORTEST_LEASE_MS = 3000;

/** `tidegate daemon` */
export function registerDaemon(program: Command, context: CliContext): void {
  const command = program
    .command('daemon')
    .summary('drive the releases of a hub')
    .description(
      'Drives the releases of a hub: plans, watches, measures, promotes and rolls back. Run two of them: one leads, the other takes over. Logs JSON lines on stderr. Ends cleanly on SIGTERM; all state is in the hub.',
    )
    .option(
      '--identity <name>',
      'name in the lease, unlike that of every other process (default: host, process, chance)',
    )
    .option('--lease-name <name>', 'the Lease that daemons compete for', 'tidegate')
    .addOption(
      new Option('--lease-duration <duration>', 'a daemon that is silent for so long may be replaced')
        .argParser(readLease)
        .default(15_000, '15s'),
    )
    .addOption(outputOption())
    .action(runs<DaemonOptions>(context, daemonCommand));
  withHubOptions(command);
  withExamples(command, [
    ['tidegate daemon', 'the current context is the hub'],
    ['tidegate daemon --context hub --log-level warn', 'nudges, failures and retries alone'],
  ]);
}

async function daemonCommand({ options, output, context }: Invocation<DaemonOptions>): Promise<ExitCode> {
  const { signal } = context;
  const { connectHub } = await import('./composition.ts');
  const { createLogger } = await import('./logger.ts');
  const { createDaemonLog } = await import('./daemon-log.ts');
  const { createLeadership } = await import('../adapters/kubernetes/index.ts');
  const { runDaemon } = await import('../controller/daemon.ts');
  const { newIdentity } = await import('./identity.ts');
  const log = createLogger(options.logLevel);
  const hub = await connectHub(options);
  const identity = options.identity ?? newIdentity();
  const { api, namespace, clock, random } = hub;
  const { leaseName: name, leaseDuration: leaseMs } = options;
  const renewMs = leaseMs / RENEWALS_PER_LEASE;
  const leadership = createLeadership({ api, namespace, name, identity, clock, leaseMs, renewMs });
  process.on('uncaughtExceptionMonitor', (error) => log.fatal({ kind: error.name, stack: error.stack }, error.message));
  log.info({ identity, hub: hub.description, namespace }, 'daemon starts');
  signal.addEventListener('abort', () => {
    log.info('asked to stop');
    endProcessAfter(STOP_DEADLINE_MS, () => log.error('did not stop in time, ends now'));
  });
  try {
    await runDaemon(
      {
        clock,
        random,
        store: hub.store((message) => log.warn({ subject: 'hub' }, message)),
        leadership,
        connect: (cluster) => hub.connectCluster(cluster),
        openSource: (source) => hub.openSource(source),
        report: createDaemonLog(log),
      },
      signal,
    );
    log.info('daemon ended');
    output.answer({ identity, ended: true });
    return exitCodes.done;
  } finally {
    await hub.close();
  }
}

/** Does not keep the process alive itself. */
function endProcessAfter(ms: number, tell: () => void): void {
  setTimeout(() => {
    tell();
    process.exit(exitCodes.internal);
  }, ms).unref();
}

function readLease(text: string): number {
  const ms = /^[0-9]+(ms|s|m)$/.test(text) ? durationMs(text) : 0;
  if (ms >= SHORTEST_LEASE_MS) return ms;
  throw new InvalidArgumentError('expected a duration of 3s or more');
}
