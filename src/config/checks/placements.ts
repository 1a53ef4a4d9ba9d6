import type { InputIssue } from '../../domain/errors.ts';
import type { DocumentPath } from '../document-path.ts';
import { type DocumentSource, issueAt } from '../document-source.ts';
import { type KnownDocument, parsedOf } from '../known-document.ts';

/** Somebody who has a namespace of a cluster to themselves, for some workloads (`null`: all). */
interface Occupant {
  readonly who: string;
  readonly cluster: string;
  readonly namespace: string;
  readonly workloads: readonly string[] | null;
  readonly source: DocumentSource;
  readonly path: DocumentPath;
}

/** One namespace of one cluster claimed twice: two targets would write the same Rollout. */
export function checkPlacements(documents: readonly KnownDocument[]): readonly InputIssue[] {
  const taken = new Map<string, Occupant[]>();
  return occupants(documents).flatMap((occupant) => {
    const place = `${occupant.cluster}/${occupant.namespace}`;
    const there = taken.get(place) ?? [];
    taken.set(place, [...there, occupant]);
    const other = there.find((earlier) => overlap(earlier.workloads, occupant.workloads));
    if (other === undefined) return [];
    const message = `namespace "${occupant.namespace}" of cluster "${occupant.cluster}" is taken by ${other.who}; tenants that share a deployment are placed in a pool`;
    return [issueAt(occupant.source, occupant.path, message)];
  });
}

function occupants(documents: readonly KnownDocument[]): readonly Occupant[] {
  const pools = parsedOf(documents, 'Pool').map(({ name, source, value: { cluster, namespace } }): Occupant => {
    return { who: `pool "${name}"`, cluster, namespace, workloads: null, source, path: ['spec', 'namespace'] };
  });
  const dedicated = parsedOf(documents, 'Tenant').flatMap(({ name, source, value }) =>
    value.placements.flatMap((placement, index): Occupant[] => {
      if (placement.kind === 'pool') return [];
      const { cluster, namespace, workloads } = placement;
      const path: DocumentPath = ['spec', 'placements', index, 'namespace'];
      return [{ who: `tenant "${name}"`, cluster, namespace, workloads, source, path }];
    }),
  );
  return [...pools, ...dedicated];
}

function overlap(left: readonly string[] | null, right: readonly string[] | null): boolean {
  return left === null || right === null || left.some((name) => right.includes(name));
}
