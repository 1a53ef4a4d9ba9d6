import { suggestion } from '../../config/nearest-name.ts';
import { durationMs } from '../../config/parse/duration.ts';
import { duration } from '../../config/wire/scalars.ts';
import { formatDuration, type Instant, later, parseInstant } from '../../domain/time.ts';
import type { ReleaseSpec, WavePlan } from '../../domain/wave-plan.ts';
import type { Workload } from '../../domain/workload.ts';
import type { PlanningInput } from '../../ports/release-store.ts';
import { badArgument } from '../failure.ts';
import type { VerifyOptions } from './index.ts';
import type { Selection, VerifiedUnit } from './units.ts';
import { LEAST_SCRAPES } from './verify-fleet.ts';

/** Longest `--for` and `--settle`. */
const LONGEST_MS = 24 * 3_600_000;

/** Milliseconds of a flag. @throws InvalidInput when it is no duration, or longer than a day */
export function durationOf(flag: string, text: string): number {
  const isDuration = duration.safeParse(text).success;
  const ms = isDuration ? durationMs(text) : 0;
  if (isDuration && ms <= LONGEST_MS) return ms;
  throw badArgument(`${flag}: expected a duration such as 90s, 10m or 1h30m, at most 24h, got "${text}"`);
}

/** Whom the flags name. @throws InvalidInput unless exactly one of them is given */
export function selectionOf({ target, tenant, all }: VerifyOptions): Selection {
  const given = [target !== undefined, tenant !== undefined, all === true].filter(Boolean).length;
  if (given !== 1) throw badArgument('whom to verify? give one of --target ID, --tenant NAME and --all');
  if (target !== undefined) return { kind: 'targets', ids: target };
  return tenant === undefined ? { kind: 'all' } : { kind: 'tenants', names: tenant };
}

/** `--since`: a time, or how long ago; `null` when it is not given. @throws InvalidInput when it is neither, or to come */
export function sinceOf(text: string | undefined, now: Instant): Instant | null {
  if (text === undefined) return null;
  const isDuration = duration.safeParse(text).success;
  const at = isDuration ? later(now, -durationOf('--since', text)) : parseInstant(text);
  if (at === null) throw badArgument(`--since: expected a time such as 2026-11-23T09:00:00Z, or 15m, got "${text}"`);
  if (at > now) throw badArgument(`--since: ${text} is yet to come`);
  if (now - at > LONGEST_MS) throw badArgument(`--since: ${text} is more than 24h ago`);
  return at;
}

/** `--min-requests`; `null` when it is not given. @throws InvalidInput when it is no count */
export function minRequestsOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (/^[0-9]{1,9}$/.test(text)) return Number(text);
  throw badArgument(`--min-requests: expected a whole number, got "${text}"`);
}

/** @throws InvalidInput when there is no such workload, with the nearest name */
export function workloadOf({ workloads }: PlanningInput, name: string): Workload {
  const found = workloads.find((one) => one.name === name);
  if (found !== undefined) return found;
  const known = workloads.map((one) => one.name);
  throw badArgument(`--workload: unknown workload "${name}"${suggestion(name, known)}`);
}

/**
 * The wave plan whose rules count: the named one, the only one, or the one that the workload's releases use; `null` when there is none, or
 * none is needed to know how many requests suffice.
 *
 * @throws InvalidInput when it cannot be told which
 */
export function wavePlanOf(
  { wavePlans }: PlanningInput,
  releases: readonly ReleaseSpec[],
  options: Pick<VerifyOptions, 'plan' | 'workload' | 'minRequests'>,
): WavePlan | null {
  const known = wavePlans.map(({ name }) => name);
  if (options.plan !== undefined) {
    const named = wavePlans.find(({ name }) => name === options.plan);
    if (named === undefined)
      throw badArgument(`--plan: unknown wave plan "${options.plan}"${suggestion(options.plan, known)}`);
    return named;
  }
  if (wavePlans.length <= 1) return wavePlans[0] ?? null;
  const used = new Set(releases.filter(({ workload }) => workload === options.workload).map((one) => one.wavePlan));
  const candidates = wavePlans.filter(({ name }) => used.has(name));
  if (candidates.length === 1) return candidates[0]!;
  if (options.minRequests !== undefined) return null;
  throw badArgument(`whose rules? give --plan with one of ${known.join(', ')}, or --min-requests`);
}

/** @throws InvalidInput when a source is not scraped often enough for the time */
export function checkWindow(forMs: number, units: readonly VerifiedUnit[]): void {
  for (const { source } of units.flatMap((unit) => unit.targets)) {
    const leastMs = LEAST_SCRAPES * source.scrapeIntervalMs;
    if (forMs < leastMs)
      throw badArgument(
        `--for: ${formatDuration(forMs)} is too short for ${source.name}, which is scraped every ${formatDuration(source.scrapeIntervalMs)}: give at least ${formatDuration(leastMs)}`,
      );
  }
}
