import { type Command, Option } from 'commander';
import { createSystemClock } from '../adapters/clock/system-clock.ts';
import type { ListenAddress } from '../api/listen-address.ts';
import type { Telemetry } from '../api/telemetry.ts';
import type { Leadership } from '../ports/leadership.ts';
import { type CliContext, type Invocation, outputOption, runs, withExamples } from './command.ts';
import type { HubConnection } from './composition.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import type { Logger } from './logger.ts';
import { type DaemonSettings, daemonSettings } from './settings/daemon-settings.ts';
import { unknownVariables, variableOf } from './settings/variables.ts';
import { ownVersion } from './version.ts';

interface DaemonOptions extends DaemonSettings {
  readonly config?: string;
  readonly printConfig?: boolean;
}

/** A daemon that was asked to stop and does not is ended, before whoever runs it does so after ten seconds. */
const STOP_DEADLINE_MS = 9_000;
/** A leader that missed a renewal has time for another before it must stop. */
const RENEWALS_PER_LEASE = 3;

/** `tidegate daemon` */
export function registerDaemon(program: Command, context: CliContext): void {
  const command = program
    .command('daemon')
    .summary('drive the releases of a hub')
    .description(
      'Drives the releases of a hub: plans, watches, measures, promotes and rolls back. Run two of them: one leads, the other takes over. Each setting is a flag, else a variable of the environment, else a line of the file that --config names (leaseName: tidegate), else its default. Logs JSON lines on stderr; SIGUSR2 switches between debug and the level it started with. Ends cleanly on SIGTERM, within 10 s; all state is in the hub.',
    );
  for (const option of daemonSettings()) command.addOption(option);
  command
    .addOption(new Option('--config <file>', 'YAML file with settings').env(variableOf('config')))
    .option('--print-config', 'show each setting and where its value came from, then end')
    .addOption(outputOption())
    .action(runs<DaemonOptions>(context, (invocation) => configured(command, invocation)));
  withExamples(command, [
    ['tidegate daemon', 'the current context is the hub'],
    ['tidegate daemon --context hub --log-level warn', 'nudges, failures and retries alone'],
    ['tidegate daemon --listen 0.0.0.0:9410', 'in a pod: for Prometheus and the kubelet'],
    ['tidegate daemon --config daemon.yaml --print-config', 'what it would run with, and why'],
  ]);
}

/** Settles what the daemon is told, and shows it or runs. */
async function configured(command: Command, invocation: Invocation<DaemonOptions>): Promise<ExitCode> {
  const { options, output, context } = invocation;
  const { settingsOf, settle } = await import('./settings/settle.ts');
  const settings = await settle(command, options.config ?? null);
  const variables = settingsOf(command).flatMap(({ option }) => option.envVar ?? []);
  const warnings = unknownVariables(context.env, [...variables, variableOf('config')]);
  if (options.printConfig !== true) {
    return daemonCommand({ ...invocation, options: command.optsWithGlobals<DaemonOptions>() }, warnings);
  }
  const { printSettings } = await import('./settings/print-settings.ts');
  printSettings(settings, warnings, output);
  return exitCodes.done;
}

async function daemonCommand(
  { options, output, context }: Invocation<DaemonSettings>,
  warnings: readonly string[],
): Promise<ExitCode> {
  const { signal } = context;
  const { connectHub, HUB } = await import('./composition.ts');
  const { createLogger } = await import('./logger.ts');
  const { createTelemetry } = await import('../api/telemetry.ts');
  const { createLeadership } = await import('../adapters/kubernetes/index.ts');
  const { newIdentity } = await import('./identity.ts');
  const log = createLogger(options.logLevel);
  for (const warning of warnings) log.warn(warning);
  const { leaseName: name, leaseDuration: leaseMs } = options;
  const telemetry = createTelemetry({
    clock: createSystemClock(),
    stopwatch: () => performance.now(),
    version: ownVersion(),
    hub: HUB,
    hubSilentMs: leaseMs,
    leadership: () => leadership.state(),
  });
  const hub = await connectHub(options, (api) => telemetry.meterApi(api));
  const identity = options.identity ?? newIdentity();
  const { api, namespace, clock } = hub;
  const renewMs = leaseMs / RENEWALS_PER_LEASE;
  const leadership = createLeadership({ api, namespace, name, identity, clock, leaseMs, renewMs });
  try {
    await drive({ hub, leadership, telemetry, log, identity, listen: options.listen }, signal);
    output.answer({ identity, ended: true });
    return exitCodes.done;
  } finally {
    await hub.close();
  }
}

/** What a daemon is made of. */
interface DaemonParts {
  readonly hub: HubConnection;
  readonly leadership: Leadership;
  readonly telemetry: Telemetry;
  readonly log: Logger;
  readonly identity: string;
  readonly listen: ListenAddress | 'off';
}

/** Leads or follows, and answers for it, until the signal aborts. */
async function drive(parts: DaemonParts, signal: AbortSignal): Promise<void> {
  const { hub, leadership, telemetry, log, identity, listen } = parts;
  const { serveOperations } = await import('./serve-operations.ts');
  const { createDaemonLog } = await import('./daemon-log.ts');
  const { switchLevelOnSignal } = await import('./log-level-switch.ts');
  const { runDaemon } = await import('../controller/daemon.ts');
  const { openNotifications } = await import('./open-notifications.ts');
  const served = await serveOperations(listen, telemetry, log);
  const endSwitch = switchLevelOnSignal(log);
  process.on('uncaughtExceptionMonitor', (error) => log.fatal({ kind: error.name, stack: error.stack }, error.message));
  log.info({ identity, hub: hub.description, namespace: hub.namespace, listens: served.url }, 'daemon starts');
  signal.addEventListener('abort', () => {
    log.info('asked to stop');
    endProcessAfter(STOP_DEADLINE_MS, () => log.error('did not stop in time, ends now'));
  });
  const tell = createDaemonLog(log);
  const store = hub.store((message) => log.warn({ subject: 'hub' }, message));
  const notifications = openNotifications({ hub, store, telemetry, log });
  try {
    await runDaemon(
      {
        clock: hub.clock,
        random: hub.random,
        store,
        leadership,
        connect: (cluster) => hub.connectCluster(cluster),
        openSource: (source) => telemetry.meterSource(hub.openSource(source)),
        report: (event) => {
          tell(event);
          telemetry.report(event);
          notifications.take(event);
        },
      },
      signal,
    );
    log.info('daemon ended');
  } finally {
    await notifications.end();
    endSwitch();
    await served.close();
  }
}

/** Does not keep the process alive itself. */
function endProcessAfter(ms: number, tell: () => void): void {
  setTimeout(() => {
    tell();
    process.exit(exitCodes.internal);
  }, ms).unref();
}
