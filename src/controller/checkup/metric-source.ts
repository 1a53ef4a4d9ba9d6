import { ambiguousTenant } from '../../analysis/promql.ts';
import type { MetricSourceSpec } from '../../domain/fleet.ts';
import type { MeasuredSlo } from '../../domain/plan.ts';
import type { Clock } from '../../ports/clock.ts';
import type {
  MeasuredRow,
  MetricSource,
  MetricSourceProbe,
  SeriesCount,
  WantedRow,
} from '../../ports/metric-source.ts';
import { skewBetween, skewFindings } from './api-server.ts';
import { counted, type Finding, type Findings, findingsOf, someOf } from './finding.ts';

/** An SLO as one tier of a workload has it, and the tenants that are judged by it here. */
export interface SourceSlo {
  /** `storefront/availability`, with the tier where tiers differ. */
  readonly name: string;
  readonly measured: MeasuredSlo;
  readonly rows: readonly (WantedRow & { readonly tenant: string })[];
}

/** A metric source and what is asked of it. */
export interface SourceToCheck {
  readonly spec: MetricSourceSpec;
  readonly source: MetricSource;
  readonly probe: MetricSourceProbe;
  readonly slos: readonly SourceSlo[];
}

/** Window in which a tenant should have had traffic, ms. */
const WINDOW_MS = 300_000;
const SLOW_MS = 2_000;

/** Whether the source answers, how fast, and how far its clock is from ours. */
export async function checkSourceServer(
  { probe }: SourceToCheck,
  clock: Clock,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const told = findingsOf('server');
  const askedAt = clock.now();
  const serverAt = await probe.serverTime(signal);
  const answeredAt = clock.now();
  const tookMs = answeredAt - askedAt;
  const message = `answers in ${tookMs} ms`;
  const speed =
    tookMs < SLOW_MS
      ? told.ok('SourceAnswers', message)
      : told.warning('SourceSlow', message, 'give it more CPU, or query a nearer one: each gate waits for it');
  return [speed, ...skewFindings(skewBetween(serverAt, serverAt, askedAt, answeredAt), told)];
}

/** Whether an SLO can be judged by what the source holds: series, labels, and each tenant's data. */
export async function checkSlo(
  checked: SourceToCheck,
  slo: SourceSlo,
  clock: Clock,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { spec, probe, source } = checked;
  const told = findingsOf(`slo ${slo.name}`);
  const ambiguous = ambiguousTenant(spec, slo.rows);
  if (ambiguous !== null) {
    const message = `its series do not tell the clusters ${ambiguous.clusters.join(' and ')} of tenant ${ambiguous.tenantId} apart`;
    return [told.error('TenantAmbiguous', message, 'add a matcher with ${cluster.name} to the source')];
  }
  const clusters = [...new Set(slo.rows.map(({ cluster }) => cluster))];
  const series = await probe.countSeries(slo.measured, clusters, signal);
  const labels = labelFindings(spec, series, told);
  if (labels.some(({ level }) => level === 'error')) return labels;
  const request = { slo: slo.measured, windowMs: WINDOW_MS, at: clock.now(), rows: slo.rows };
  const rows = await source.measure(request, signal);
  const found = [...labels, ...dataFindings(slo, rows, told)];
  if (found.length > 0) return found;
  return [told.ok('SloMeasurable', `${series.all} series, data of ${counted(slo.rows.length, 'tenant')}`)];
}

function labelFindings(spec: MetricSourceSpec, series: SeriesCount, told: Findings): readonly Finding[] {
  const { all, withTenant, withRevision } = series;
  const { revision, tenantLabel } = spec;
  if (all === 0)
    return [
      told.error(
        'NoSeries',
        'no series at all',
        'check the metric name, the matchers of the source, and that the pods are scraped',
      ),
    ];
  const found: Finding[] = [];
  const part = (count: number) =>
    count === 0 ? `none of ${all} series carries` : `${all - count} of ${all} series lack`;
  const tell = (count: number, reason: string, label: string, remedy: string) => {
    if (count === all) return;
    found.push(told[count === 0 ? 'error' : 'warning'](reason, `${part(count)} the label ${label}`, remedy));
  };
  tell(withTenant, 'NoTenantLabel', tenantLabel, 'add it to the metric, or correct labels.tenant of the source');
  if (revision.kind === 'none')
    found.push(
      told.warning(
        'RevisionsUnknown',
        'the source has no revision label: versions cannot be told apart',
        'set labels.revision of the source',
      ),
    );
  else
    tell(
      withRevision,
      'NoRevisionLabel',
      revision.label,
      'relabel it from the pod, or correct labels.revision of the source',
    );
  return found;
}

function dataFindings(slo: SourceSlo, rows: readonly MeasuredRow[], told: Findings): readonly Finding[] {
  const revisions = new Map<string, Set<string>>();
  for (const row of rows) {
    if (row.total === 0) continue;
    const key = keyOf(row);
    revisions.set(key, (revisions.get(key) ?? new Set()).add(row.revision));
  }
  const silent = slo.rows.filter((row) => !revisions.has(keyOf(row))).map(({ tenant }) => tenant);
  const several = slo.rows.filter((row) => (revisions.get(keyOf(row))?.size ?? 0) > 1).map(({ tenant }) => tenant);
  const minutes = WINDOW_MS / 60_000;
  const found: Finding[] = [];
  if (silent.length > 0) {
    const message = `${silent.length} of ${counted(slo.rows.length, 'tenant')} without a request in ${minutes} minutes: ${someOf(silent)}`;
    const remedy = 'check their ids against the label, or set analysis.onInsufficient for their wave';
    found.push(told[silent.length === slo.rows.length ? 'error' : 'warning']('TenantsWithoutData', message, remedy));
  }
  if (several.length > 0) {
    const message = `${counted(several.length, 'tenant')} served by more than one revision: ${someOf(several)}`;
    found.push(
      told.warning(
        'SeveralRevisions',
        message,
        'finish the update that is under way, or find the old pods that still serve',
      ),
    );
  }
  return found;
}

function keyOf({ cluster, tenantId }: WantedRow): string {
  return JSON.stringify([cluster, tenantId]);
}
