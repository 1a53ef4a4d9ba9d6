import { alignColumns } from '../table.ts';
import type { Explanation } from './explain-tenant.ts';
import type { TenantFact } from './tenant-facts.ts';

/** An explanation for people: where the tenant is, then a line a fact. */
export function explanationLines(explanation: Explanation): readonly string[] {
  const { tenant, tier, release, version, phase, isOnNewVersion, facts, targets } = explanation;
  const isOnNone = targets.every((one) => one.serving === 'old');
  const where = isOnNewVersion ? `is on ${version}` : `is ${isOnNone ? 'not' : 'only partly'} on ${version}`;
  return [
    `${tenant} (${tier}) ${where}; release ${release} is ${phase}`,
    ...indented(facts),
    ...targets.flatMap((one) => [
      `${one.target} in wave ${one.wave}: ${SERVING[one.serving]}`,
      ...(one.facts.length === 0 && one.serving !== 'new' ? ['  nothing keeps it'] : indented(one.facts)),
    ]),
  ];
}

const SERVING = {
  old: 'on the version it had',
  partly: 'partly on the new version',
  new: 'on the new version',
} as const;

function indented(facts: readonly TenantFact[]): readonly string[] {
  return alignColumns(facts.map(({ fact, reason, message }) => [fact, reason, message])).map((line) => `  ${line}`);
}
