import type { Plan } from '../../domain/plan.ts';
import type { Instant } from '../../domain/time.ts';
import type { HarmedTenant } from '../../planning/evidence.ts';
import { forecast } from '../../planning/forecast.ts';
import { releaseEvidence } from '../../planning/release-evidence.ts';
import { firstBadResponseAt, tenantHarm } from '../../sandbox/traffic/harm.ts';
import { planDocumentOf } from '../plan-answer.ts';
import { planText } from '../plan-text.ts';
import { chooseRelease, planOrRefuse, planRelease } from '../planned-releases.ts';
import { targetsOf } from '../view/exposure-now.ts';
import { span } from '../view/line.ts';
import { commandsInLog, type DocumentWorld, writeEvidence, writePlan } from './documents.ts';
import { servedNow, versionOf, versionsOfTenants } from './fleet-now.ts';
import { killDaemon, stopPrometheus, tellOfNudges } from './moments.ts';
import type { Demo } from './open-demo.ts';
import { type DemoResult, type ReleaseOutcome, releaseOutcome } from './outcome.ts';
import { baselineNames, type Moment, type PlayedRelease, playRelease } from './play-release.ts';
import { whoIsOnWhat } from './who-is-on-what.ts';
import { witnessClusters } from './witnessed-clusters.ts';

const GOOD = 'storefront-4.12.0';
const BAD = 'storefront-4.13.0';
/** The wave of the good release in which Prometheus is stopped. */
const BLIND_WAVE = 'enterprise';
/** The pods of both worlds are quick. */
const POD_READY_MS = 1_500;

/** Plays the whole story. @throws TransientError when it takes longer than a demo may */
export async function runDemo(demo: Demo): Promise<DemoResult> {
  const { stage } = demo;
  stage.say(`   the daemon runs in a process of its own (pid ${demo.daemon().pid}); its log is ${demo.logFile}`, 'dim');
  const good = await playChapter(demo, {
    name: GOOD,
    title: 'a good version: free, then business, then enterprise',
    moments: demo.isQuick ? [] : [stopPrometheus(BLIND_WAVE)],
    planLines: Number.POSITIVE_INFINITY,
  });
  const bad = await playChapter(demo, {
    name: BAD,
    title: 'a bad version: free customers do not notice, some business customers do',
    moments: [killDaemon, ...(demo.isQuick ? [] : [tellOfNudges])],
    planLines: 2,
  });
  tellEnd(demo, bad);
  return {
    world: demo.world.name,
    kubeconfig: demo.world.access.kubeconfigPath,
    releases: [good.outcome, bad.outcome],
    clusters: await witnessClusters(demo, versionNames(demo), GOOD),
    files: [...good.files, ...bad.files],
  };
}

interface Chapter {
  readonly name: string;
  readonly title: string;
  readonly moments: readonly Moment[];
  /** Lines of the short plan that are told: the same waves need no second table. */
  readonly planLines: number;
}

/** A release that was played, counted and written down. */
interface Told {
  readonly played: PlayedRelease;
  readonly outcome: ReleaseOutcome;
  readonly versions: ReadonlyMap<string, string>;
  readonly harmed: readonly HarmedTenant[];
  readonly files: readonly string[];
}

async function playChapter(demo: Demo, { name, title, moments, planLines }: Chapter): Promise<Told> {
  const { stage, world, dir } = demo;
  stage.chapter(title);
  const plan = await planOf(demo, name);
  const names = versionNames(demo);
  const served = servedNow(world, plan);
  const before: DocumentWorld = {
    startAt: world.clock.now(),
    running: new Map(targetsOf(plan).map((target) => [target.id, versionOf(target, served, names)])),
    podReadyMs: POD_READY_MS,
  };
  const planFile = await writePlan(dir, plan, before);
  for (const line of shortPlan(plan, before.startAt).slice(0, planLines)) stage.say(`   ${line}`);
  stage.say(`   the whole plan, to read and sign: ${planFile}`, 'dim');
  const played = await playRelease(demo, { name, planHash: plan.hash, moments });
  const versions = versionsOfTenants(plan, servedNow(world, plan), names);
  const outcome = releaseOutcome(played, versions, firstBadResponseAt(world.traffic, plan.version.name));
  const harmed = harmedTenants(demo, plan);
  const commands = await commandsInLog(demo.logFile, name);
  const { detectedAfterSeconds, rolledBackAfterSeconds } = outcome;
  const promotedOnce = played.witness.promoted;
  const known = { promotedOnce, versions, harmed, commands, detectedAfterSeconds, rolledBackAfterSeconds };
  const evidence = releaseEvidence(played, known);
  const evidenceFile = await writeEvidence(dir, played.plan, before, evidence);
  tellOutcome(demo, outcome, commands.sent, evidenceFile);
  return { played, outcome, versions, harmed, files: [planFile, evidenceFile] };
}

/** The same plan that the daemon will come to. */
async function planOf({ hub, world }: Demo, name: string): Promise<Plan> {
  const release = chooseRelease(world.inventory.releases, name, world.releasesFolder);
  // from the hub, not from the files: the world's Prometheus is where it found a port
  const input = await hub.store(() => {}).loadPlanningInput();
  return planOrRefuse(planRelease(input, release, world.clock.now()), release);
}

function shortPlan(plan: Plan, startAt: Instant): readonly string[] {
  const times = forecast(plan, { startAt, podReadyMs: POD_READY_MS });
  return planText({ ...planDocumentOf(plan, startAt), forecast: times }).filter((line) => line !== '');
}

function versionNames(demo: Demo): ReadonlyMap<string, string> {
  const released = demo.world.inventory.releases.flatMap(({ version }) =>
    Object.values(version.images).map((image) => [image, version.name] as const),
  );
  return new Map([...baselineNames(demo), ...released]);
}

/** Who got bad responses until now, by name; versions that hurt nobody are not in the record. */
function harmedTenants({ world }: Demo, plan: Plan): readonly HarmedTenant[] {
  const nameOf = new Map(plan.tenants.map(({ id, name }) => [id, name]));
  return tenantHarm(world.traffic).map(({ tenant, harmedMs, badResponses }) => ({
    tenant: nameOf.get(tenant) ?? tenant,
    seconds: Math.round(harmedMs / 100) / 10,
    badRequests: badResponses,
  }));
}

function tellOutcome({ stage }: Demo, outcome: ReleaseOutcome, sent: number, evidenceFile: string): void {
  const { name, tenantsOnNew, tenantsOnOld, detectedAfterSeconds, rolledBackAfterSeconds } = outcome;
  const isDone = outcome.outcome === 'Completed';
  stage.say('');
  stage.say(
    `   ${name} ${isDone ? 'completed' : 'was rolled back'}: ${tenantsOnNew} tenants on it, ${tenantsOnOld} not; ${sent} commands`,
    isDone ? 'good' : 'bold',
  );
  if (detectedAfterSeconds !== null && rolledBackAfterSeconds !== null) {
    stage.say(
      `   decided ${detectedAfterSeconds} s after the first bad response; the last target was Healthy on the old version ${rolledBackAfterSeconds} s later`,
      'bold',
    );
  }
  stage.say(`   what happened, with every number: ${evidenceFile}`, 'dim');
}

function tellEnd({ stage }: Demo, { played, versions, harmed }: Told): void {
  const { plan } = played;
  stage.chapter('who is on what now');
  const good = GOOD.replace(`${plan.workload}-`, '');
  for (const line of whoIsOnWhat({ plan, versions, good, bad: plan.version.name, harmed })) stage.line(line);
  stage.line([span('')]);
}
