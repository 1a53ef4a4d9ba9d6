import type { Approval, Freeze, FreezeScope, ReleaseSpec, RollbackRequest } from '../../domain/wave-plan.ts';
import type { WireDocument } from '../wire/kinds.ts';
import { instantOrNull } from './fleet.ts';
import { parseSelector } from './selector.ts';

/** A Release document as the domain knows it. */
export function parseRelease({ metadata, spec }: WireDocument<'Release'>): ReleaseSpec {
  return {
    name: metadata.name,
    workload: spec.workload,
    wavePlan: spec.plan,
    version: spec.version,
    scope: spec.scope === undefined ? null : parseSelector(spec.scope.select),
  };
}

/** An Approval document as the domain knows it. */
export function parseApproval({ metadata, spec }: WireDocument<'Approval'>): Approval {
  return { name: metadata.name, ...spec };
}

/** A Freeze document as the domain knows it. */
export function parseFreeze({ metadata, spec }: WireDocument<'Freeze'>): Freeze {
  return {
    name: metadata.name,
    scope: freezeScope(spec.scope),
    from: instantOrNull(spec.from),
    until: instantOrNull(spec.until),
    reason: spec.reason,
    by: spec.by,
  };
}

function freezeScope(scope: WireDocument<'Freeze'>['spec']['scope']): FreezeScope {
  if (scope.release !== undefined) return { kind: 'release', release: scope.release };
  if (scope.tier !== undefined) return { kind: 'tier', tier: scope.tier };
  if (scope.labels !== undefined) return { kind: 'labels', labels: scope.labels };
  if (scope.tenant !== undefined) return { kind: 'tenant', tenant: scope.tenant };
  if (scope.cluster !== undefined) return { kind: 'cluster', cluster: scope.cluster };
  return { kind: 'all' };
}

/** A Rollback document as the domain knows it. */
export function parseRollback({ metadata, spec }: WireDocument<'Rollback'>): RollbackRequest {
  return { name: metadata.name, ...spec };
}
