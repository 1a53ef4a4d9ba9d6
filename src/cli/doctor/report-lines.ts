import type { Finding, FindingLevel } from '../../controller/checkup/finding.ts';
import type { DoctorReport, PlaceReport } from './report.ts';

const RANK: Readonly<Record<FindingLevel, number>> = { ok: 0, warning: 1, error: 2 };
const LEVEL_WIDTH = 'warning'.length;

/** The report for people: places with errors last, and in each the errors last. */
export function reportLines(report: DoctorReport): readonly string[] {
  const places = [...report.places].sort((a, b) => worst(a) - worst(b));
  const width = Math.max(...places.flatMap(({ findings }) => findings.map(({ check }) => check.length)), 0);
  return [...places.flatMap((place) => [...placeLines(place, width), '']), summaryLine(report)];
}

/** Warnings do not move a place: only errors belong below. */
function worst({ findings }: PlaceReport): number {
  return findings.some(({ level }) => level === 'error') ? 1 : 0;
}

function placeLines({ kind, name, findings }: PlaceReport, width: number): readonly string[] {
  const sorted = [...findings].sort((a, b) => RANK[a.level] - RANK[b.level]);
  return [
    kind === 'hub' ? `hub: ${name}` : `${kind} ${name}`,
    ...sorted.flatMap((finding) => findingLines(finding, width)),
  ];
}

function findingLines({ level, check, reason, message, remedy }: Finding, width: number): readonly string[] {
  const label = `  ${level.padEnd(LEVEL_WIDTH)}  ${check.padEnd(width)}  `;
  if (remedy === null) return [`${label}${message}`];
  return [`${label}${reason}: ${message}`, `${' '.repeat(label.length)}→ ${remedy}`];
}

function summaryLine({ places, errors, warnings }: DoctorReport): string {
  const clusters = places.filter(({ kind }) => kind === 'cluster').length;
  const sources = places.filter(({ kind }) => kind === 'source').length;
  const looked = `${plural(clusters, 'cluster')}, ${plural(sources, 'metric source')}`;
  return `${looked}: ${plural(errors, 'error')}, ${plural(warnings, 'warning')}`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
