import type { TargetId } from '../../domain/plan.ts';
import type { Instant } from '../../domain/time.ts';
import type { VerdictKind } from '../../domain/verdict.ts';
import { counted, verdictWord } from '../../planning/document/figures.ts';
import { someOf } from '../../planning/findings.ts';
import { clockTime, lasting } from '../view/clock-time.ts';
import type { Question } from './ask-sources.ts';
import { type JudgedSlo, WORST_FIRST } from './judgement.ts';
import type { VerificationWatch } from './verify-fleet.ts';

/** Nothing new is told once in this time. */
const HEARTBEAT_MS = 60_000;
const NAMES_SHOWN = 3;

/** Tells a verification as plain lines: what changes, and once a minute that it goes on. */
export function progressLines(line: (text: string) => void, workload: string, zone: string): VerificationWatch {
  let waits = '';
  let told = '';
  let toldAt: Instant | null = null;
  const say = (now: Instant, text: string) => {
    line(`${clockTime(now, zone)} ${text}`);
    toldAt = now;
  };
  return {
    settling(messages) {
      const text = someOf(messages, NAMES_SHOWN);
      if (messages.length > 0 && text !== waits) line(`waiting for the deploy to settle: ${text}`);
      waits = text;
    },
    began({ units, notDeployed, questions, untilAt }, now) {
      const targets = units.flatMap((unit) => unit.targets);
      const tenants = new Set(targets.flatMap((target) => target.tenants.map(({ name }) => name)));
      const reach = `${counted(targets.length, 'target')}, ${counted(tenants.size, 'tenant')}`;
      say(now, `judging ${workload} until ${clockTime(untilAt, zone)}: ${reach}, ${queries(questions.length)}`);
      const blind = new Set(questions.filter(tellsNoVersions).map(({ source }) => source.name));
      if (blind.size > 0)
        line(`${[...blind].join(', ')} cannot tell versions apart: an older one's requests count too`);
      if (notDeployed.length > 0) line(`not deployed, left out: ${someOf(notDeployed, NAMES_SHOWN)}`);
    },
    looked(judged, { sinceAt, untilAt }, now) {
      const text = tally(judged);
      if (text === told && toldAt !== null && now - toldAt < HEARTBEAT_MS) return;
      told = text;
      say(now, `${lasting(Math.min(now, untilAt) - sinceAt)} of ${lasting(untilAt - sinceAt)}: ${text}`);
    },
    changed(target: TargetId, { revision, now: current }, now) {
      say(now, `${target} went from revision ${revision} to ${current}: what began cannot be proven any more`);
    },
  };
}

function tellsNoVersions({ source }: Question): boolean {
  return source.revision.kind === 'none';
}

function queries(count: number): string {
  return count === 1 ? '1 query a look' : `${count} queries a look`;
}

/** `8 pass, 2 inconclusive (globex availability: 12 requests, at least 100 needed)` */
function tally(judged: readonly JudgedSlo[]): string {
  const deciding = judged.filter(({ decides }) => decides);
  const parts = WORST_FIRST.flatMap((kind) => {
    const of = deciding.filter(({ verdict }) => verdict.kind === kind);
    return of.length === 0 ? [] : [`${of.length} ${verdictWord(kind)}${because(kind, of[0]!)}`];
  });
  return parts.join(', ');
}

function because(kind: VerdictKind, { tenant, unit, slo, verdict }: JudgedSlo): string {
  // numbers of an open question change with every look, and are no news
  return kind === 'fail' ? ` (${tenant ?? unit} ${slo}: ${verdict.message})` : '';
}
