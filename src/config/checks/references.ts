import type { InputIssue } from '../../domain/errors.ts';
import type { DocumentPath } from '../document-path.ts';
import { type DocumentSource, issueAt } from '../document-source.ts';
import { type KnownDocument, parsedOf } from '../known-document.ts';
import { suggestion } from '../nearest-name.ts';
import type { KindName } from '../wire/kinds.ts';

type NamesOf = (kind: KindName) => ReadonlySet<string>;

interface Reference {
  readonly source: DocumentSource;
  readonly path: DocumentPath;
  readonly kind: KindName;
  readonly name: string;
}

/** References to clusters, pools, metric sources, workloads, plans and tenants that nobody declared. */
export function checkReferences(documents: readonly KnownDocument[]): readonly InputIssue[] {
  const names = namesByKind(documents);
  return [...fleetReferences(documents), ...releaseReferences(documents), ...freezeReferences(documents)].flatMap(
    ({ source, path, kind, name }) => {
      if (names(kind).has(name)) return [];
      return [issueAt(source, path, `unknown ${SPOKEN[kind] ?? kind} "${name}"${suggestion(name, names(kind))}`)];
    },
  );
}

const SPOKEN: Partial<Readonly<Record<KindName, string>>> = {
  Cluster: 'cluster',
  MetricSource: 'metric source',
  Pool: 'pool',
  Tenant: 'tenant',
  WavePlan: 'wave plan',
  Workload: 'workload',
};

function namesByKind(documents: readonly KnownDocument[]): NamesOf {
  const names = new Map<KindName, Set<string>>();
  for (const { kind, name } of documents) names.set(kind, (names.get(kind) ?? new Set()).add(name));
  return (kind) => names.get(kind) ?? new Set();
}

function fleetReferences(documents: readonly KnownDocument[]): readonly Reference[] {
  const clusters = parsedOf(documents, 'Cluster').map(
    ({ source, value }): Reference => ({
      source,
      path: ['spec', 'metrics'],
      kind: 'MetricSource',
      name: value.metrics,
    }),
  );
  const pools = parsedOf(documents, 'Pool').map(
    ({ source, value }): Reference => ({ source, path: ['spec', 'cluster'], kind: 'Cluster', name: value.cluster }),
  );
  return [...clusters, ...pools, ...placementReferences(documents)];
}

function placementReferences(documents: readonly KnownDocument[]): readonly Reference[] {
  return parsedOf(documents, 'Tenant').flatMap(({ source, value }) =>
    value.placements.flatMap((placement, index): Reference[] => {
      const path: DocumentPath = ['spec', 'placements', index];
      const place: Reference =
        placement.kind === 'pool'
          ? { source, path: [...path, 'pool'], kind: 'Pool', name: placement.pool }
          : { source, path: [...path, 'cluster'], kind: 'Cluster', name: placement.cluster };
      const workloads = (placement.workloads ?? []).map(
        (name): Reference => ({ source, path: [...path, 'workloads'], kind: 'Workload', name }),
      );
      return [place, ...workloads];
    }),
  );
}

function releaseReferences(documents: readonly KnownDocument[]): readonly Reference[] {
  return parsedOf(documents, 'Release').flatMap(({ source, value }): Reference[] => [
    { source, path: ['spec', 'workload'], kind: 'Workload', name: value.workload },
    { source, path: ['spec', 'plan'], kind: 'WavePlan', name: value.wavePlan },
  ]);
}

/** A freeze of a misspelt tenant or cluster would stop nothing. */
function freezeReferences(documents: readonly KnownDocument[]): readonly Reference[] {
  return parsedOf(documents, 'Freeze').flatMap(({ source, value: { scope } }): Reference[] => {
    if (scope.kind === 'tenant')
      return [{ source, path: ['spec', 'scope', 'tenant'], kind: 'Tenant', name: scope.tenant }];
    if (scope.kind === 'cluster')
      return [{ source, path: ['spec', 'scope', 'cluster'], kind: 'Cluster', name: scope.cluster }];
    return [];
  });
}
