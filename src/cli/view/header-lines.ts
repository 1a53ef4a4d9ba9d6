import { assertNever } from '../../domain/assert-never.ts';
import type { Plan } from '../../domain/plan.ts';
import type { ReleasePhase, ReleaseStatus } from '../../domain/release-status.ts';
import type { TargetRun } from '../../domain/target-run.ts';
import { counted, share } from '../../planning/document/figures.ts';
import { compare, someOf } from '../../planning/findings.ts';
import { clockTimeInZone } from './clock-time.ts';
import { etaOf } from './eta.ts';
import { exposureNow } from './exposure-now.ts';
import { type Line, type Span, type Style, spaced, span } from './line.ts';
import { measuredPace } from './measured-pace.ts';
import type { ReleaseView, ViewOptions } from './release-view.ts';
import { wrap } from './wrap.ts';

/** Hex digits of a plan hash that people are shown. */
const HASH_SHOWN = 12;

/** What it is, where it stands, who or what it waits for, and whom it touches. */
export function headerLines(view: ReleaseView, options: ViewOptions): readonly Line[] {
  const { plan, status } = view;
  return [
    spaced(span(versions(view), 'bold'), span(view.release, 'dim'), ...planHash(status)),
    spaced(...standing(view, options)),
    ...(plan === null ? [] : [exposureLine(plan, view.runs)]),
    ...[...why(status), ...waits(status)].flatMap((line) => wrap(line, options.width)),
  ];
}

/** `storefront 4.11.0 → 4.12.0` */
function versions({ workload, version, runs, versionNames }: ReleaseView): string {
  const from = previousVersions(runs, versionNames);
  return `${workload} ${from.length === 0 ? '' : `${someOf(from, 2)} `}→ ${version}`;
}

/** The versions that started targets had, by name where a release gave it one, else by the start of the digest. Sorted. */
export function previousVersions(
  runs: readonly TargetRun[],
  versionNames: ReadonlyMap<string, string>,
): readonly string[] {
  const names = runs.flatMap(({ previous }) =>
    previous.kind === 'nothing' ? [] : [versionNames.get(previous.image) ?? shortImage(previous.image)],
  );
  return [...new Set(names)].sort(compare);
}

function shortImage(image: string): string {
  const [name = image, digest] = image.split('@sha256:');
  return digest === undefined ? name : digest.slice(0, HASH_SHOWN);
}

function planHash(status: ReleaseStatus | null): readonly Span[] {
  return status?.planHash == null ? [] : [span(`plan ${status.planHash.slice(0, HASH_SHOWN)}`, 'dim')];
}

function standing({ plan, status, runs, now, podReadyMs }: ReleaseView, { zone }: ViewOptions): readonly Span[] {
  if (status === null) return [span('NOT SEEN', 'busy'), span('no daemon has planned it yet; is one running?')];
  const frozen = status.waitingFor.find((one) => one.reason === 'Frozen');
  const word = frozen === undefined ? phaseWord(status.phase) : 'FROZEN';
  const current = status.waves.findIndex((wave) => wave.phase !== 'Passed');
  const wave = current === -1 ? '' : `wave ${current + 1}/${status.waves.length} ${status.waves[current]!.name}`;
  const supposed = podReadyMs === undefined ? {} : { podReadyMs };
  const eta = plan === null ? null : etaOf(plan, status, now, { ...supposed, ...measuredPace(plan, status, runs) });
  const condition = status.waitingFor.length > 0 ? ' if it goes on now' : '';
  return [
    span(word, phaseStyle(status.phase)),
    span(wave),
    span(eta === null ? '' : `ETA ${clockTimeInZone(eta, now, zone)}${condition}`),
    span(status.finishedAt === null ? '' : `ended ${clockTimeInZone(status.finishedAt, now, zone)}`),
  ];
}

function phaseWord(phase: ReleasePhase): string {
  switch (phase) {
    case 'Pending':
    case 'Running':
    case 'Completed':
    case 'Refused':
      return phase.toUpperCase();
    case 'RollingBack':
      return 'ROLLING BACK';
    case 'RolledBack':
      return 'ROLLED BACK';
    case 'RollbackIncomplete':
      return 'ROLLBACK NOT COMPLETE';
    default:
      return assertNever(phase);
  }
}

function phaseStyle(phase: ReleasePhase): Style {
  if (phase === 'Completed') return 'good';
  return phase === 'Pending' || phase === 'Running' ? 'busy' : 'bad';
}

/** `exposed: 23/40 tenants new (4 % of weight) · 14 partly (30 %) · 3 old` */
function exposureLine(plan: Plan, runs: readonly TargetRun[]): Line {
  const { onNew, partly, onOld, all } = exposureNow(plan, runs);
  return [
    span('exposed: ', 'dim'),
    span(`${counted(onNew.tenants, 'tenant')} on ${plan.version.name} (${share(onNew.weight, all.weight)} of weight)`),
    span(' · ', 'dim'),
    span(`${partly.tenants} partly (${share(partly.weight, all.weight)})`, partly.tenants > 0 ? 'busy' : 'plain'),
    span(' · ', 'dim'),
    span(`${onOld.tenants} of ${all.tenants} as before`),
  ];
}

function why(status: ReleaseStatus | null): readonly Line[] {
  if (status?.rollback != null) return [[span('because: ', 'dim'), span(status.rollback.message, 'bad')]];
  return status?.phase === 'Refused' ? [[span('because: ', 'dim'), span(status.message, 'bad')]] : [];
}

function waits(status: ReleaseStatus | null): readonly Line[] {
  return (status?.waitingFor ?? []).map(({ message }) => [span('waits: ', 'dim'), span(message, 'busy')]);
}
