import { suggestion } from '../config/nearest-name.ts';
import type { Plan, PlanFinding } from '../domain/plan.ts';
import type { Instant } from '../domain/time.ts';
import type { ReleaseSpec } from '../domain/wave-plan.ts';
import { type PlanResult, plan } from '../planning/plan.ts';
import type { PlanningInput } from '../ports/release-store.ts';
import { badArgument } from './failure.ts';

/** The release that is meant: the named one, or the only one. @throws InvalidInput naming those that there are */
export function chooseRelease(releases: readonly ReleaseSpec[], name: string | undefined, place: string): ReleaseSpec {
  const known = releases.map((one) => one.name);
  const chosen =
    name === undefined ? (releases.length === 1 ? releases[0] : undefined) : releases.find((one) => one.name === name);
  if (chosen !== undefined) return chosen;
  if (known.length === 0) throw badArgument(`there is no Release in ${place}: add one, or name its file with -f`);
  if (name === undefined) throw badArgument(`which release? give --release with one of ${known.join(', ')}`);
  throw badArgument(`--release: unknown release "${name}"${suggestion(name, known)}`);
}

/** Plans a release of an inventory. @throws InvalidInput when its workload or wave plan is not there */
export function planRelease(input: PlanningInput, release: ReleaseSpec, now: Instant): PlanResult {
  const workload = input.workloads.find((one) => one.name === release.workload);
  const wavePlan = input.wavePlans.find((one) => one.name === release.wavePlan);
  if (workload === undefined) throw unknown(release, 'workload', release.workload, input.workloads);
  if (wavePlan === undefined) throw unknown(release, 'wave plan', release.wavePlan, input.wavePlans);
  return plan({ fleet: input.fleet, workload, wavePlan, release, now });
}

function unknown(release: ReleaseSpec, what: string, name: string, known: readonly { readonly name: string }[]): Error {
  return badArgument(
    `release ${release.name}: unknown ${what} "${name}"${suggestion(
      name,
      known.map((one) => one.name),
    )}`,
  );
}

/** The plan, or InvalidInput with every reason why there is none. */
export function planOrRefuse(result: PlanResult, release: ReleaseSpec): Plan {
  if (result.kind === 'planned') return result.plan;
  const errors = result.findings.filter(({ severity }) => severity === 'error');
  throw badArgument(...errors.map((finding) => `release ${release.name}: ${findingText(finding)}`));
}

/** `NoSlo workload api: it has no slo: …` */
export function findingText({ reason, subject, message }: PlanFinding): string {
  return `${reason} ${subject}: ${message}`;
}
