import type { NewestSample, SeriesSeen } from '../../domain/series-seen.ts';
import type { AnalysisBasis, AnalysisReading, JudgedWhom, VerdictBasis } from '../../domain/target-run.ts';
import { formatInstant, parseInstant } from '../../domain/time.ts';
import type { Counts } from '../../domain/verdict.ts';

const NOTHING = '-';

/** What a verdict stands on as one line: a record of 100 targets has 64 KiB, and its reader a terminal. */
export function verdictBasisText({ reason, at, of, stable, seen }: VerdictBasis): string {
  return [reason, formatInstant(at), whomText(of), stable === null ? NOTHING : countsText(stable), seenText(seen)].join(
    ' ',
  );
}

/** Reads `WithinObjective 2026-11-23T09:00:00.000Z target 16999/17000 fresh,8,0,412,0`; `null` when it is something else. */
export function readVerdictBasis(text: string): VerdictBasis | null {
  const [reason = '', time = '', whom = '', stable = '', seen = '', ...rest] = text.split(' ');
  const at = parseInstant(time);
  const of = readWhom(whom);
  const counts = stable === NOTHING ? null : readCounts(stable);
  const series = seen === NOTHING ? null : readSeen(seen);
  if (at === null || of === null || counts === undefined || series === undefined || rest.length > 0) return null;
  return { reason, at, of, stable: counts, seen: series };
}

function whomText(of: JudgedWhom): string {
  return of.kind === 'tenant' ? `tenant:${encodeURIComponent(of.tenant)}` : of.kind;
}

function readWhom(text: string): JudgedWhom | null {
  if (text === 'target' || text === 'wave') return { kind: text };
  const tenant = /^tenant:(.*)$/.exec(text)?.[1];
  return tenant === undefined ? null : { kind: 'tenant', tenant: decodeURIComponent(tenant) };
}

function countsText({ good, total }: Counts): string {
  return `${good}/${total}`;
}

function readCounts(text: string): Counts | undefined {
  const [good, total] = text.split('/').map(Number);
  return good === undefined || total === undefined || Number.isNaN(good + total) ? undefined : { good, total };
}

function seenText(seen: SeriesSeen | null): string {
  if (seen === null) return NOTHING;
  const { newest, scrapes, resets, recentEvents, unseenBad } = seen;
  const age = newest.kind === 'old' ? `old:${newest.ageMs}` : newest.kind;
  return [age, scrapes, resets, recentEvents ?? NOTHING, unseenBad].join(',');
}

function readSeen(text: string): SeriesSeen | undefined {
  const [age = '', scrapes, resets, recent, unseenBad] = text.split(',');
  const newest = readNewest(age);
  const numbers = [scrapes, resets, unseenBad].map(Number);
  if (newest === null || numbers.some(Number.isNaN)) return undefined;
  return {
    newest,
    scrapes: numbers[0]!,
    resets: numbers[1]!,
    recentEvents: recent === NOTHING ? null : Number(recent),
    unseenBad: numbers[2]!,
  };
}

function readNewest(text: string): NewestSample | null {
  if (text === 'fresh' || text === 'ended') return { kind: text };
  const ageMs = Number(/^old:(.+)$/.exec(text)?.[1]);
  return Number.isNaN(ageMs) ? null : { kind: 'old', ageMs };
}

/** What an analysis' metric stands on, as it is stored. */
export interface StoredAnalysisBasis {
  /** Phase, then counters: `Failed 0/0/0/2`. */
  readonly stands: string;
  /** `2026-11-23T09:00:00.000Z Failed [0.97]` */
  readonly readings: readonly string[];
}

/** For a record. */
export function storedAnalysisBasis(basis: AnalysisBasis): StoredAnalysisBasis {
  const { phase, inconclusive, error, consecutiveError, consecutiveSuccess, readings } = basis;
  return {
    stands: `${phase} ${[inconclusive, error, consecutiveError, consecutiveSuccess].join('/')}`,
    readings: readings.map(({ at, phase: read, value }) => `${formatInstant(at)} ${read} ${value}`),
  };
}

const STANDS = /^(Pending|Running|Successful|Failed|Error|Inconclusive) (\d+)\/(\d+)\/(\d+)\/(\d+)$/;
const READING = /^(\S+) (Successful|Failed|Inconclusive) (.*)$/s;

/** From a record; `null` when it is something else. */
export function readAnalysisBasis({ stands, readings }: StoredAnalysisBasis): AnalysisBasis | null {
  const [, phase, ...counters] = STANDS.exec(stands) ?? [];
  const [inconclusive, error, consecutiveError, consecutiveSuccess] = counters.map(Number);
  const read = readings.map(readReading);
  if (phase === undefined || consecutiveSuccess === undefined || read.includes(null)) return null;
  return {
    phase: phase as AnalysisBasis['phase'],
    inconclusive: inconclusive!,
    error: error!,
    consecutiveError: consecutiveError!,
    consecutiveSuccess,
    readings: read.filter((reading) => reading !== null),
  };
}

function readReading(text: string): AnalysisReading | null {
  const [, time = '', phase, value = ''] = READING.exec(text) ?? [];
  const at = parseInstant(time);
  return at === null || phase === undefined ? null : { at, phase: phase as AnalysisReading['phase'], value };
}
