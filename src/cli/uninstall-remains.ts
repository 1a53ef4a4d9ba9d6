import { listAll } from '../adapters/hub/hub-store.ts';
import { kindNames } from '../config/wire/kinds.ts';
import { FINAL_PHASES, type ReleasePhase } from '../domain/release-status.ts';
import { kinds } from '../ports/kinds.ts';
import type { KubernetesApi, KubernetesObject } from '../ports/kubernetes-api.ts';
import { resourceOf } from './hub-documents.ts';

/** What an uninstallation leaves in a hub. */
export interface HubRemains {
  /** Names of releases that are not at their end. */
  readonly underway: readonly string[];
  /** How many objects of our kinds are in the namespace. */
  readonly objects: number;
  /** Names of the definitions of our kinds. */
  readonly definitions: readonly string[];
}

/** Counts what is declared, and names what is under way. */
export async function hubRemains(api: KubernetesApi, namespace: string): Promise<HubRemains> {
  const wanted = kindNames.map(resourceOf);
  const there = await Promise.all(
    wanted.map(({ plural }) =>
      api.get({ kind: kinds.customResourceDefinition, namespace: null, name: `${plural}.tidegate.dev` }),
    ),
  );
  const served = wanted.filter((_, index) => there[index] !== undefined);
  const objects = (await Promise.all(served.map((kind) => listAll(api, kind, namespace)))).flat();
  return {
    underway: objects.filter(isUnderway).map(({ metadata }) => metadata.name),
    objects: objects.length,
    definitions: served.map(({ plural }) => `${plural}.tidegate.dev`),
  };
}

function isUnderway({ kind, status }: KubernetesObject): boolean {
  const phase = (status as { readonly phase?: ReleasePhase } | undefined)?.phase;
  return kind === kinds.release.kind && phase !== undefined && !FINAL_PHASES.has(phase);
}
