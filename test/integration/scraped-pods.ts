import { createPrometheusSource } from '../../src/adapters/prometheus/prometheus-source.ts';
import type { MeasuredSlo } from '../../src/domain/plan.ts';
import { instant } from '../../src/domain/time.ts';
import type { MeasuredRow } from '../../src/ports/metric-source.ts';
import { sourceSpec } from '../contract/metric-source/prometheus-world.ts';
import { remoteWrite } from '../contract/metric-source/remote-write.ts';
import { SCRAPE_MS, type Scraped, scraped } from './scraped-series.ts';

export type Value = Scraped['value'];

/** What a Prometheus sees of one pod: two counters, of answers that were fine and of those that failed. */
export interface Pod extends Pick<Scraped, 'isMarked'> {
  readonly ok: Value;
  readonly failed: Value;
  /** Value of the label `pod`. @default a */
  readonly pod?: string;
}

/** A tenant's pods of one revision. */
export interface ServedPods {
  readonly tenantId: string;
  readonly revision: string;
  readonly pods: readonly Pod[];
}

export const windowMs = 120_000;
/** When they are measured: just after a scrape. */
export const atMs = Math.floor(Date.now() / SCRAPE_MS) * SCRAPE_MS;
export const availability: MeasuredSlo = {
  kind: 'ratio',
  good: 'requests_total{code!~"5.."}',
  total: 'requests_total',
};
export const policy = { objective: 0.95, minRequests: 500, windowMs, scrapeIntervalMs: SCRAPE_MS };

/** Requests counted evenly, so many a second, since half an hour before the measurement. */
export function rising(perSecond: number): Value {
  return (agoMs) => (perSecond * (1_800_000 - agoMs)) / 1000;
}

/** As `value`, but seen only where `isSeen`. */
export function seen(value: Value, isSeen: (agoMs: number) => boolean): Value {
  return (agoMs) => (isSeen(agoMs) ? value(agoMs) : null);
}

/** As `value` until `stillMs` before the measurement, then always the same. */
export function stopped(value: Value, stillMs: number): Value {
  return (agoMs) => value(Math.max(agoMs, stillMs));
}

/** As `value`, beginning again at 0 so long before the measurement. */
export function restarted(value: Value, restartedMs: number): Value {
  const before = value(restartedMs) ?? 0;
  return (agoMs) => {
    const now = value(agoMs);
    return now === null ? null : now - (agoMs >= restartedMs ? 0 : before);
  };
}

/** In turn `value` and that of a younger pod with the same labels. */
export function taken(value: Value): Value {
  return (agoMs) => {
    const now = value(agoMs);
    return now === null ? null : now * (agoMs % (2 * SCRAPE_MS) === 0 ? 1 : 0.3);
  };
}

/** Both counters of a pod, changed alike: they come by the same scrapes. */
export function both(pod: Pod, change: (value: Value) => Value): Pod {
  return { ...pod, ok: change(pod.ok), failed: change(pod.failed) };
}

/** Brings what was scraped of the pods into a Prometheus. */
export async function writePods(url: string, served: readonly ServedPods[]): Promise<void> {
  const series = served.flatMap(({ tenantId, pods, revision }) =>
    pods.flatMap(({ ok, failed, isMarked = false, pod = 'a' }) => {
      const place = { __name__: 'requests_total', cluster: 'eu-1', env: 'test' };
      const labels = { ...place, tenant_id: tenantId, pod_hash: revision, pod };
      return [
        scraped({ labels: { ...labels, code: '200' }, value: ok, isMarked }, atMs),
        scraped({ labels: { ...labels, code: '503' }, value: failed, isMarked }, atMs),
      ];
    }),
  );
  const written = series.filter(({ samples }) => samples.length > 0);
  for (let from = 0; from < written.length; from += 500) await remoteWrite(url, written.slice(from, from + 500));
}

/** The rows of tenants, as the production adapter measures them. */
export function measurePods(url: string, tenantIds: readonly string[], at = atMs): Promise<readonly MeasuredRow[]> {
  const source = createPrometheusSource(sourceSpec(url));
  const rows = tenantIds.map((tenantId) => ({ cluster: 'eu-1', tenantId }));
  return source.measure({ slo: availability, windowMs, at: instant(at), rows }, new AbortController().signal);
}
