import { kinds } from '../../src/ports/kinds.ts';
import type { ObjectRef } from '../../src/ports/kubernetes-api.ts';
import { type ActionContext, create, describeAction, perform, refOf } from './actions.ts';
import { type CannedPrometheus, serveCannedPrometheus } from './canned-prometheus.ts';
import { Observer } from './observer.ts';
import type { Condition, Milestone, Pointer, Scenario, Step } from './scenario.ts';
import { at, fillIn } from './values.ts';
import type { World } from './world.ts';

export { isSolitary, loadScenarios, type Milestone, type Scenario } from './scenario.ts';
export type { World } from './world.ts';

/** How long any one thing that a scenario waits for may take, in the world's time. */
const waitLimitMs = 30_000;

/**
 * Runs one scenario in a namespace of its own and gives what was seen. Where something does not come it is begun anew, `attempts` times
 * in all.
 * `differenceOf(scenario, seen)` tells whether that is what was recorded.
 * @throws Error when something that the scenario waits for does not come, with what was seen instead
 */
export async function runScenario(world: World, scenario: Scenario): Promise<Milestone[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await runOnce(world, scenario);
    } catch (cause) {
      if (attempt < scenario.attempts) continue;
      throw new Error(`scenario ${scenario.name} in ${world.name}: ${(cause as Error).message}`, { cause });
    }
  }
}

async function runOnce(world: World, scenario: Scenario): Promise<Milestone[]> {
  const namespace = await world.namespace();
  const serve = world.servePrometheus ? world.servePrometheus.bind(world) : serveCannedPrometheus;
  const prometheus = scenario.prometheus ? await serve(scenario.prometheus) : undefined;
  const observer = new Observer(world, namespace);
  try {
    await observer.start();
    const context = makeContext({ world, scenario, namespace, prometheus, observer });
    if (scenario.startsOnTheSecond) await world.sleep(1_000 - (world.now() % 1_000));
    for (const object of scenario.objects) await create(world.api, context.fill(object));
    for (const step of scenario.steps) await runStep(step, context, observer);
    await untilSeen(scenario.end, context, observer);
    await observer.untilStill(scenario.endStillMs, waitLimitMs);
    mustHold(scenario.end, observer);
    if (scenario.look) observer.note({ final: await lookAt(scenario.look, context, observer) });
    return observer.milestones;
  } finally {
    await observer.stop();
    await prometheus?.close();
  }
}

function mustHold(condition: Condition | undefined, observer: Observer): void {
  if (condition && !observer.isSeen(condition))
    throw new Error(observer.complain(`it did not stay ${JSON.stringify(condition)}`));
}

async function untilSeen(condition: Condition, context: ActionContext, observer: Observer): Promise<void> {
  const { nudgeAfterMs = waitLimitMs } = context.world;
  for (let waitedMs = nudgeAfterMs; waitedMs < waitLimitMs; waitedMs += nudgeAfterMs) {
    if (await observer.seesWithin(condition, nudgeAfterMs)) return;
    await perform({ nudge: true }, context);
  }
  await observer.until(condition, nudgeAfterMs);
}

async function runStep(step: Step, context: ActionContext, observer: Observer): Promise<void> {
  if (step.when) await untilSeen(step.when, context, observer);
  if (step.stillMs !== undefined) {
    await observer.untilStill(step.stillMs, waitLimitMs);
    mustHold(step.when, observer);
  }
  if (step.afterMs !== undefined) await context.world.sleep(step.afterMs);
  const did = describeAction(step.do);
  if (step.expectError === undefined) {
    observer.note({ did });
    const written = await perform(step.do, context);
    if (written) await observer.untilWritten(written, waitLimitMs);
    return;
  }
  const refused = await perform(step.do, context).then(
    () => 'nothing',
    (error: Error) => error.name,
  );
  observer.note({ did, refused });
  if (refused !== step.expectError) throw new Error(`${did} met ${refused} instead of ${step.expectError}`);
}

function makeContext(run: {
  readonly world: World;
  readonly scenario: Scenario;
  readonly namespace: string;
  readonly prometheus: CannedPrometheus | undefined;
  readonly observer: Observer;
}): ActionContext {
  const { namespace, prometheus, observer } = run;
  let count = 0;
  return {
    world: run.world,
    prometheus,
    rollout: rolloutRef(run.scenario, namespace),
    nextNumber: () => ++count,
    fill: (value) =>
      fillIn(value, (name) => {
        if (name === 'namespace') return namespace;
        if (name === 'prometheus') return prometheus?.address;
        return observer.revisions.hashOf(name);
      }),
  };
}

function rolloutRef(scenario: Scenario, namespace: string): ObjectRef {
  const rollout = scenario.objects.find((object) => object['kind'] === 'Rollout');
  const name = at(rollout, '/metadata/name');
  if (typeof name !== 'string') throw new Error(`scenario ${scenario.name} has no Rollout`);
  return { kind: kinds.rollout, namespace, name };
}

async function lookAt(
  pointers: Readonly<Record<string, Pointer>>,
  { world, rollout }: ActionContext,
  observer: Observer,
): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const [name, pointer] of Object.entries(pointers)) {
    const isElsewhere = typeof pointer !== 'string';
    const object = isElsewhere ? await world.api.get(refOf(pointer, rollout)) : observer.rollout;
    found[name] = observer.revisions.named(at(object, isElsewhere ? pointer.at : pointer)) ?? null;
  }
  return found;
}
