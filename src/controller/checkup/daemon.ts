import { parseInstant } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';
import { kinds } from '../../ports/kinds.ts';
import type { KubernetesApi } from '../../ports/kubernetes-api.ts';
import { type Finding, findingsOf } from './finding.ts';

const { ok, warning } = findingsOf('daemon');
/** A leader renews within seconds; clocks may differ by some. */
const STALE_MS = 60_000;
const START_IT = 'run tidegate daemon, twice for a standby: without one no release moves';

/** Whether a daemon leads in this hub. */
export async function checkDaemon(
  api: KubernetesApi,
  clock: Clock,
  lease: { readonly namespace: string; readonly name: string },
): Promise<readonly Finding[]> {
  const found = await api.get({ kind: kinds.lease, ...lease });
  const spec = (found?.['spec'] ?? {}) as { readonly holderIdentity?: string | null; readonly renewTime?: string };
  const holder = spec.holderIdentity ?? '';
  if (holder === '') return [warning('NoDaemon', 'no daemon leads', START_IT)];
  const renewedAt = parseInstant(spec.renewTime ?? '');
  const ageMs = renewedAt === null ? Number.POSITIVE_INFINITY : clock.now() - renewedAt;
  if (ageMs > STALE_MS)
    return [warning('NoDaemon', `no daemon leads since ${holder} was heard last, ${secondsText(ageMs)} ago`, START_IT)];
  return [ok('DaemonLeads', `${holder} leads`)];
}

function secondsText(ms: number): string {
  return Number.isFinite(ms) ? `${Math.round(ms / 1000)} seconds` : 'an unknown time';
}
