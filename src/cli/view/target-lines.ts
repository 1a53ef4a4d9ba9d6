import type { PlanTarget, PlanWave, TargetId } from '../../domain/plan.ts';
import type { TargetRun } from '../../domain/target-run.ts';
import type { Instant } from '../../domain/time.ts';
import { someOf } from '../../planning/findings.ts';
import { lasting } from './clock-time.ts';
import { type Line, type Style, span } from './line.ts';

/** Names that one line tells before it counts the rest. */
const NAMES_SHOWN = 4;
/** Lines of one wave before the rest is counted. */
const LINES_SHOWN = 4;

/** What people call a target: its tenant, or its pool's namespace. */
export function targetName(target: PlanTarget): string {
  return target.kind === 'dedicated' ? (target.tenants[0] ?? target.namespace) : target.namespace;
}

/** The targets of a wave that are under way, on their way back, or failed; those that do the same share a line. */
export function targetLines(wave: PlanWave, runs: ReadonlyMap<TargetId, TargetRun>, now: Instant): readonly Line[] {
  const groups = new Map<string, { readonly style: Style; readonly names: string[] }>();
  for (const target of wave.targets) {
    const told = tell(target, runs.get(target.id), now);
    if (told === null) continue;
    const group = groups.get(told.text) ?? { style: told.style, names: [] };
    group.names.push(targetName(target));
    groups.set(told.text, group);
  }
  const lines = [...groups].map(([text, { style, names }]) => [
    span(`${someOf(names, NAMES_SHOWN)}: `),
    span(text, style),
  ]);
  const hidden = lines.length - LINES_SHOWN;
  return hidden > 0 ? [...lines.slice(0, LINES_SHOWN), [span(`and ${hidden} more`, 'dim')]] : lines;
}

function tell(target: PlanTarget, run: TargetRun | undefined, now: Instant) {
  if (run === undefined) return null;
  const because = run.failure === null ? '' : `, failed: ${withoutName(run.failure.message, targetName(target))}`;
  if (run.goal.kind === 'restored') {
    if (run.reachedAt !== null && run.failure === null) return null;
    const place = run.reachedAt === null ? `on its way back for ${lasting(now - run.goalAt)}` : 'back';
    return { text: `${place}${because}`, style: run.reachedAt === null ? 'bad' : 'plain' } as const;
  }
  if (run.reachedAt !== null) return null;
  return { text: `${goalText(target, run)}, for ${lasting(now - run.goalAt)}`, style: 'busy' } as const;
}

/** A failure's sentence begins with its subject, which stands before the line already. */
function withoutName(message: string, name: string): string {
  return message.startsWith(`${name} `) ? message.slice(name.length + 1) : message;
}

function goalText(target: PlanTarget, run: TargetRun): string {
  if (run.goal.kind !== 'step') return 'to all traffic';
  const step = target.steps[run.goal.step];
  if (step === undefined) return `step ${run.goal.step + 1}`;
  const { weightPercent, effectivePercent } = step;
  const really = weightPercent === effectivePercent ? '' : `, effectively ${Math.round(effectivePercent)} %`;
  return `step ${run.goal.step + 1} of ${target.steps.length} (${weightPercent} %${really})`;
}
