import type { Finding } from '../../controller/checkup/finding.ts';

/** What was looked at as one: the hub, a cluster, a metric source. */
export interface PlaceReport {
  readonly kind: 'hub' | 'cluster' | 'source';
  readonly name: string;
  /** ms */
  readonly tookMs: number;
  readonly findings: readonly Finding[];
}

/** Everything that doctor found. */
export interface DoctorReport {
  /** No error anywhere. */
  readonly ok: boolean;
  readonly errors: number;
  readonly warnings: number;
  readonly places: readonly PlaceReport[];
}

/** Counts what was found. */
export function reportOf(places: readonly PlaceReport[]): DoctorReport {
  const findings = places.flatMap((place) => place.findings);
  const count = (wanted: Finding['level']) => findings.filter(({ level }) => level === wanted).length;
  const errors = count('error');
  return { ok: errors === 0, errors, warnings: count('warning'), places };
}
