import { readFiles } from '../../adapters/files/read-files.ts';
import { loadInventory } from '../../config/load-inventory.ts';
import { type ClusterObserver, observeCluster } from '../../controller/cluster-observer.ts';
import type { ReleaseSpec } from '../../domain/wave-plan.ts';
import type { PlanningInput } from '../../ports/release-store.ts';
import type { Invocation } from '../command.ts';
import type { HubConnection } from '../composition.ts';
import type { ExitCode } from '../exit-codes.ts';
import { openReports } from '../job/job-reports.ts';
import { listReleases, specOf } from '../release/release-reader.ts';
import { withHub } from '../release/with-hub.ts';
import { checkWindow, durationOf, minRequestsOf, selectionOf, sinceOf, wavePlanOf, workloadOf } from './asked.ts';
import type { VerifyOptions } from './index.ts';
import { progressLines } from './progress.ts';
import { verdictTable, verifiedAnswer, verifiedSentence, verifyExitCode } from './report.ts';
import { type VerifiedUnit, verifiedUnits } from './units.ts';
import { type Verification, verifyFleet } from './verify-fleet.ts';
import { verifyReport } from './verify-report.ts';

/** Verifies what the options name, tells it on the way, and answers with the evidence. */
export async function runVerify({ options, output, context }: Invocation<VerifyOptions>): Promise<ExitCode> {
  const selection = selectionOf(options);
  const forMs = durationOf('--for', options.for);
  const settleMs = durationOf('--settle', options.settle);
  const minRequests = minRequestsOf(options.minRequests);
  return withHub(options, async (hub) => {
    const now = hub.clock.now();
    const sinceAt = sinceOf(options.since, now);
    const { input, releases } = await declared(hub, options.files);
    const workload = workloadOf(input, options.workload);
    const wavePlan = wavePlanOf(input, releases, options);
    const units = verifiedUnits({ input, workload, wavePlan, minRequests, selection, now });
    checkWindow(forMs, units);
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const watch = progressLines((text) => output.line(text), workload.name, zone);
    const { clock } = hub;
    const { signal } = context;
    const reports = await openReports(options, context.env, output);
    const verified = await observed(hub, input, units, (world) =>
      verifyFleet({ units, ...world, clock, signal, forMs, sinceAt, settleMs, watch }),
    );
    if (verified.kind === 'judged') for (const line of verdictTable(verified.judged)) output.line(line);
    output.line(verifiedSentence(workload.name, verified));
    await reports.write(verifyReport(workload.name, verified));
    output.answer(verifiedAnswer(workload.name, wavePlan?.name ?? null, verified));
    return verifyExitCode(verified);
  });
}

interface Declared {
  readonly input: PlanningInput;
  readonly releases: readonly ReleaseSpec[];
}

/** The declarations of files, or of the hub. @throws InvalidInput with every issue of the files */
async function declared(hub: HubConnection, files: readonly string[] | undefined): Promise<Declared> {
  if (files !== undefined) {
    const inventory = loadInventory(await readFiles(files));
    return { input: inventory, releases: inventory.releases };
  }
  const input = await hub.store(() => undefined).loadPlanningInput();
  return { input, releases: (await listReleases(hub)).map(specOf) };
}

/** Does something while the clusters of the units are followed. */
async function observed<T>(
  hub: HubConnection,
  { fleet }: PlanningInput,
  units: readonly VerifiedUnit[],
  work: (world: Pick<Verification, 'observers' | 'sources'>) => Promise<T>,
): Promise<T> {
  const targets = units.flatMap((unit) => unit.targets);
  const names = new Set(targets.map(({ cluster }) => cluster));
  const observers = new Map<string, ClusterObserver>();
  for (const cluster of fleet.clusters.filter(({ name }) => names.has(name)))
    observers.set(
      cluster.name,
      observeCluster(hub.connectCluster(cluster), hub.clock, hub.random, () => undefined),
    );
  const sources = new Map(targets.map(({ source }) => [source.name, hub.openSource(source)]));
  const enough = new AbortController();
  const running = [...observers.values()].map((observer) => observer.run(enough.signal));
  const failed = Promise.all(running).then(() => new Promise<never>(() => undefined));
  try {
    return await Promise.race([work({ observers, sources }), failed]);
  } finally {
    enough.abort();
    await Promise.allSettled(running);
  }
}
