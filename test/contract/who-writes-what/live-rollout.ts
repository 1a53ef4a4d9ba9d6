import { refOf } from '../../../src/controller/actor.ts';
import type { KubernetesObject } from '../../../src/ports/kubernetes-api.ts';
import type { OneTarget } from './one-target.ts';
import type { DrivenWorld } from './world.ts';

interface RolloutSpec {
  readonly replicas: number;
  readonly template: {
    readonly spec: { readonly containers: readonly { readonly env: readonly { name: string }[] }[] };
  };
  readonly strategy: { readonly canary: Readonly<Record<string, unknown>> };
}

interface OwnedFields {
  readonly manager: string;
  readonly operation: string;
  readonly fieldsV1: { readonly 'f:spec'?: Readonly<Record<string, unknown>> };
}

/** The Rollout as it is. */
export async function liveRollout(world: DrivenWorld, target: OneTarget): Promise<KubernetesObject> {
  const live = await world.api.get(refOf(target.indexed));
  if (live === undefined) throw new Error(`the Rollout of ${target.namespace} is gone`);
  return live;
}

/** Its spec, as far as tests look into it. */
export async function specOf(world: DrivenWorld, target: OneTarget): Promise<RolloutSpec> {
  return (await liveRollout(world, target))['spec'] as RolloutSpec;
}

/** The names of the variables of its template, in order. */
export async function variablesOf(world: DrivenWorld, target: OneTarget): Promise<readonly string[]> {
  return (await specOf(world, target)).template.spec.containers[0]!.env.map(({ name }) => name);
}

/** Its canary strategy. */
export async function canaryOf(world: DrivenWorld, target: OneTarget): Promise<Readonly<Record<string, unknown>>> {
  return (await specOf(world, target)).strategy.canary;
}

/** Who owns something in a field of its spec, as `manager operation`. */
export function managersOf(live: KubernetesObject, field: string): readonly string[] {
  const owned = (live.metadata.managedFields ?? []) as readonly OwnedFields[];
  return owned
    .filter(({ fieldsV1 }) => fieldsV1['f:spec']?.[field] !== undefined)
    .map(({ manager, operation }) => `${manager} ${operation}`);
}
