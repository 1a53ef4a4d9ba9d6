import type { PlanTarget } from '../../domain/plan.ts';
import type { TargetRun } from '../../domain/target-run.ts';
import { counted, share, utcSeconds } from '../../planning/document/figures.ts';
import { fold } from '../../planning/document/fold.ts';
import { table } from '../../planning/document/table.ts';
import { exitCodes } from '../exit-codes.ts';
import { plain } from '../job/markdown-text.ts';
import { exposureNow, targetsOf } from '../view/exposure-now.ts';
import type { ReleaseView } from '../view/release-view.ts';
import { targetName } from '../view/target-lines.ts';
import { countWave } from '../view/wave-count.ts';
import { exitWords, type JobEnd } from './job-end.ts';

const FAILURES_SHOWN = 10;
const STORY_SHOWN = 15;

/** A release as the summary of a CI job: where it stands, whom it reaches, what failed, what to do next. */
export function releaseMarkdown(view: ReleaseView, end: JobEnd): string {
  return [
    `## ${plain(view.workload)} ${plain(view.version)}: ${outcomeWords(end)}`,
    ...standing(view, end),
    ...waves(view),
    ...failures(view),
    ...story(view),
    nextStep(view, end),
  ].join('\n\n');
}

function outcomeWords({ code, waitedFor }: JobEnd): string {
  return code === exitCodes.done && waitedFor !== 'done' ? `${plain(waitedFor)} passed` : exitWords(code);
}

function standing({ plan, status, release, runs }: ReleaseView, end: JobEnd): readonly string[] {
  const hash = status?.planHash == null ? '' : `, plan \`${status.planHash.slice(0, 12)}\``;
  const said = status?.rollback?.message ?? status?.message ?? 'no daemon has planned it yet';
  const waits = (status?.waitingFor ?? []).map(({ message }) => plain(message));
  const lines = [
    `Release \`${release}\`${hash}: ${plain(said)} (exit code ${end.code})`,
    ...(waits.length === 0 ? [] : [`Waits for: ${waits.join('; ')}`]),
  ];
  if (plan === null) return lines;
  const { onNew, partly, onOld, all } = exposureNow(plan, runs);
  const who = `${counted(onNew.tenants, 'tenant')} on ${plain(plan.version.name)} (${share(onNew.weight, all.weight)} of weight)`;
  return [...lines, `Exposed: ${who}, ${partly.tenants} partly, ${onOld.tenants} of ${all.tenants} as before`];
}

function waves({ plan, status, runs }: ReleaseView): readonly string[] {
  if (plan === null) return [];
  const byTarget = new Map(runs.map((run) => [run.target, run]));
  const rows = plan.waves.map((wave, index) => {
    const { targets, promoted, inFlight, goingBack, back, failed } = countWave(wave, byTarget);
    const { phase = 'Waiting', passedAt = null } = status?.waves[index] ?? {};
    return [
      wave.name,
      phase,
      `${promoted} of ${targets}`,
      String(inFlight),
      String(failed),
      String(wave.maxFailures),
      String(back + goingBack),
      passedAt === null ? '' : utcSeconds(passedAt),
    ];
  });
  return [table(['wave', 'phase', 'done', 'in flight', 'failed', 'allowed', 'taken back', 'passed at'], rows)];
}

function failures({ plan, runs }: ReleaseView): readonly string[] {
  const targets = new Map<string, PlanTarget>((plan === null ? [] : targetsOf(plan)).map((one) => [one.id, one]));
  const failed = runs.filter((run): run is TargetRun & { failure: object } => run.failure !== null);
  if (failed.length === 0) return [];
  const lines = failed.map(({ target, failure }) => {
    const known = targets.get(target);
    return `- **${plain(known === undefined ? target : targetName(known))}** ${plain(failure.message)} (\`${failure.reason}\`)`;
  });
  const { items, more } = fold(lines, FAILURES_SHOWN);
  return ['### What failed', [...items, ...(more > 0 ? [`- and ${counted(more, 'more target')}`] : [])].join('\n')];
}

function story({ status }: ReleaseView): readonly string[] {
  const told = (status?.timeline ?? []).slice(-STORY_SHOWN);
  if (told.length === 0) return [];
  const lines = told.map(({ at, message }) => `- ${utcSeconds(at)} ${plain(message)}`);
  return [['<details><summary>What happened</summary>', '', ...lines, '', '</details>'].join('\n')];
}

function nextStep({ release, status }: ReleaseView, { code }: JobEnd): string {
  switch (code) {
    case exitCodes.done:
    case exitCodes.stillRunning:
    case exitCodes.paused:
    case exitCodes.inconclusive:
      return `See it with \`tidegate release watch ${release}\`; run the job again to attach to it.`;
    case exitCodes.waitingForPerson: {
      const wave = status?.waves.find(({ phase }) => phase !== 'Passed')?.name ?? 'WAVE';
      return `If it waits for an approval: \`tidegate release approve ${release} --wave ${wave}\`.`;
    }
    default:
      return `The evidence: \`tidegate release status ${release} --output json\`.`;
  }
}
