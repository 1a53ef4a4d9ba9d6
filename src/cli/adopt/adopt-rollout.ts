import type { JsonObject } from '../../domain/workload.ts';
import { toYaml } from '../../manifests/to-yaml.ts';
import type { Clock } from '../../ports/clock.ts';
import type { KubernetesApi, KubernetesObject } from '../../ports/kubernetes-api.ts';
import { liveContainers } from '../../release/container-images.ts';
import type { AdoptionFinding } from '../../release/ownership.ts';
import type { Output } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { badArgument } from '../failure.ts';
import { adoptTarget } from './adopt-target.ts';
import { type AdoptionOutcome, isFit } from './adoption-outcome.ts';
import { type Found, findRollout } from './find-rollout.ts';
import { adoptLine, type NextStep, nextSteps, takeOverSteps } from './next-steps.ts';
import { fieldsOf } from './rollout-fields.ts';
import { takeOverRollout } from './take-over-rollout.ts';
import { workloadDocument } from './workload-document.ts';

/** Which Rollout, and what to do with it. */
export interface RolloutWish {
  readonly namespace: string;
  readonly rollout: string;
  /** The workload that it is to be; `null`: one of its own name. */
  readonly workload: string | null;
  /** `null`: not said. */
  readonly containers: readonly string[] | null;
  readonly isProven: boolean;
}

/** Where the answer is looked for, and where it is said. */
export interface AdoptionWorld {
  readonly api: KubernetesApi;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly output: Output;
}

/** Adopts one Rollout, or says how a Deployment becomes one. @throws InvalidInput when neither is there */
export async function adoptRollout(world: AdoptionWorld, wish: RolloutWish): Promise<ExitCode> {
  const found = await findRollout(world.api, wish.namespace, wish.rollout);
  if (found.kind === 'nothing')
    throw badArgument(`namespace ${wish.namespace} has neither a Rollout nor a Deployment ${wish.rollout}`);
  return found.kind === 'deployment' ? offerTakeOver(world, wish, found) : adoptFound(world, wish, found);
}

async function adoptFound(
  world: AdoptionWorld,
  wish: RolloutWish,
  found: Extract<Found, { rollout: unknown }>,
): Promise<ExitCode> {
  const { namespace, rollout } = wish;
  const workload = wish.workload ?? rollout;
  const { api, clock, signal, output } = world;
  const holder = found.kind === 'reference' && found.deployment !== null ? found.deployment : found.rollout;
  const containers = wish.containers ?? presumedContainers(holder, rollout);
  const adopt = adoptLine({ ...wish, containers });
  if (wish.isProven && wish.containers === null && containers.length > 1)
    throw badArgument(
      `--container: ${rollout} has ${containers.join(', ')}, name those whose images a release changes`,
    );
  const subject = { api, clock, namespace, rollout, workload, containers, command: `${adopt} --prove` };
  const { outcome, findings, replicas } = await adoptTarget(subject, found, { isProven: wish.isProven, signal });
  const deployment = found.kind === 'reference' ? (found.deployment?.metadata.name ?? null) : null;
  const document = workloadDocument({ workload, rollout, containers, replicas });
  const next = nextSteps(outcome, { namespace, rollout, deployment, adopt });
  say(output, { title: titleOf(outcome, wish), findings, document, next });
  output.answer({ outcome, namespace, rollout, replicas, findings, document, next });
  return isFit(outcome) ? exitCodes.done : exitCodes.refused;
}

function offerTakeOver(
  { output }: AdoptionWorld,
  wish: RolloutWish,
  { deployment, autoscalers }: Extract<Found, { kind: 'deployment' }>,
): ExitCode {
  const { namespace, rollout } = wish;
  const message = `${rollout} is a Deployment: it cannot be released step by step, a Rollout has to take it over`;
  const findings: readonly AdoptionFinding[] = [{ severity: 'error', reason: 'Deployment', message }];
  const document = takeOverRollout(deployment);
  const containers = wish.containers ?? presumedContainers(deployment, rollout);
  const next = takeOverSteps({ namespace, rollout, adopt: adoptLine({ ...wish, containers }) }, autoscalers);
  say(output, { title: `${rollout} in namespace ${namespace}: refused`, findings, document, next });
  output.answer({ outcome: 'refused', namespace, rollout, findings, document, next });
  return exitCodes.refused;
}

/** The container named like the Rollout, else all but init containers: with one that is an answer, with several a question. */
function presumedContainers(holder: KubernetesObject, name: string): readonly string[] {
  const names = liveContainers(fieldsOf(holder).template)
    .filter(({ path }) => path.startsWith('/spec/containers/'))
    .map((container) => container.name);
  return names.includes(name) ? [name] : names;
}

const TITLES: Readonly<Record<AdoptionOutcome, string>> = {
  adopted: 'is adopted',
  adoptable: 'can be adopted',
  proven: 'is adopted: revision, ReplicaSets and pods are the same as before',
  refused: 'refused',
  moved: 'not adopted: something moved',
};

function titleOf(outcome: AdoptionOutcome, { namespace, rollout }: RolloutWish): string {
  return `${rollout} in namespace ${namespace}: ${TITLES[outcome]}`;
}

/** The document goes to stdout, to be saved; all else is beside it. */
function say(
  output: Output,
  said: {
    readonly title: string;
    readonly findings: readonly AdoptionFinding[];
    readonly document: JsonObject;
    readonly next: readonly NextStep[];
  },
): void {
  output.note(said.title);
  for (const { severity, reason, message } of said.findings) output.note(`${severity}: ${reason}: ${message}`);
  if (output.format === 'text') output.line(toYaml([said.document]).trimEnd());
  for (const { does, command } of said.next) {
    output.note(`next: ${does}`);
    if (command !== null) output.note(`  $ ${command}`);
  }
}
