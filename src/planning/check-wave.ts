import type { PlanFinding, PlanSource, PlanStep, PlanWave } from '../domain/plan.ts';
import { formatDuration, instant } from '../domain/time.ts';
import type { Wave } from '../domain/wave-plan.ts';
import { error, warning } from './findings.ts';
import { formatLimit } from './resolve-count.ts';
import { isKnownTimezone, nextOpen } from './windows.ts';

/** How long after a step is ready its data count: the window must have filled with it, and two scrapes must have passed. */
export function judgeDelayMs(windowMs: number, scrapeIntervalMs: number): number {
  return windowMs + 2 * scrapeIntervalMs;
}

/** What cannot work in a resolved wave, and what a reader should know of it. */
export function checkWave(wave: Wave, planned: PlanWave, sources: readonly PlanSource[]): readonly PlanFinding[] {
  return [
    ...bakeFindings(planned, sources),
    ...failureFindings(wave, planned),
    ...deadlineFindings(planned),
    ...windowFindings(planned),
    ...stepFindings(wave, planned),
  ];
}

function bakeFindings(wave: PlanWave, sources: readonly PlanSource[]): readonly PlanFinding[] {
  const used = sources.filter((source) => wave.measurements.some(({ source: name }) => name === source.name));
  if (used.length === 0) return [];
  const scrapeMs = Math.max(...used.map((source) => source.scrapeIntervalMs));
  const neededMs = judgeDelayMs(wave.analysis.windowMs, scrapeMs);
  const message = (field: string, bakeMs: number): string =>
    `${field} ${formatDuration(bakeMs)} is shorter than the ${formatDuration(neededMs)} before data count (analysis.window ` +
    `${formatDuration(wave.analysis.windowMs)} and twice the scrape interval ${formatDuration(scrapeMs)}): raise it or shorten the window`;
  const findings: PlanFinding[] = [];
  if (stepCount(wave) > 0 && wave.bakeStepMs < neededMs) {
    findings.push(error('BakeTooShort', `wave ${wave.name}`, message('bake.step', wave.bakeStepMs)));
  }
  if (wave.bakeWaveMs < neededMs) {
    findings.push(error('BakeTooShort', `wave ${wave.name}`, message('bake.wave', wave.bakeWaveMs)));
  }
  return findings;
}

function failureFindings(wave: Wave, planned: PlanWave): readonly PlanFinding[] {
  const total = planned.targets.length;
  const findings: PlanFinding[] = [];
  if (wave.maxFailures.kind === 'count' && wave.maxFailures.count > total) {
    const declared = formatLimit(wave.maxFailures);
    findings.push(
      warning(
        'MoreFailuresThanTargets',
        `wave ${wave.name}`,
        `maxFailures ${declared} of ${total} targets is ${total}`,
      ),
    );
  }
  if (planned.maxFailures >= total) {
    findings.push(
      warning('FailuresNeverStop', `wave ${wave.name}`, `all ${total} targets may fail without stopping it`),
    );
  }
  return findings;
}

/** What the deadlines leave no time for, whatever happens: the least that bakes take. */
function deadlineFindings(wave: PlanWave): readonly PlanFinding[] {
  const targetMs = stepCount(wave) * wave.bakeStepMs;
  const batches = Math.ceil(wave.targets.length / wave.maxConcurrency);
  const fewest = Math.min(...wave.targets.map((target) => target.steps.length));
  const waveMs = batches * fewest * wave.bakeStepMs;
  const tooShort = (field: string, deadlineMs: number, leastMs: number): PlanFinding =>
    error(
      'DeadlineTooShort',
      `wave ${wave.name}`,
      `${field} ${formatDuration(deadlineMs)} is not longer than its bakes, ${formatDuration(leastMs)}: raise it`,
    );
  const findings: PlanFinding[] = [];
  if (targetMs >= wave.targetDeadlineMs) findings.push(tooShort('deadline.target', wave.targetDeadlineMs, targetMs));
  if (waveMs >= wave.waveDeadlineMs) findings.push(tooShort('deadline.wave', wave.waveDeadlineMs, waveMs));
  return findings;
}

function windowFindings(wave: PlanWave): readonly PlanFinding[] {
  const unknown = wave.windows.filter((window) => !isKnownTimezone(window.timezone));
  if (unknown.length > 0) {
    return unknown.map((window) =>
      error(
        'UnknownTimezone',
        `wave ${wave.name}`,
        `no time zone is called ${window.timezone}: use one like Europe/Berlin`,
      ),
    );
  }
  // Any instant will do: a window that opens at all opens every week.
  return wave.windows.length > 0 && nextOpen(wave.windows, instant(0)) === null
    ? [error('WindowNeverOpens', `wave ${wave.name}`, 'none of its windows ever opens: check days, from and to')]
    : [];
}

function stepFindings(wave: Wave, planned: PlanWave): readonly PlanFinding[] {
  if (wave.steps.length === 0) {
    return [
      warning('NoSteps', `wave ${wave.name}`, 'its targets go to 100 % at once; only the bake of the wave judges them'),
    ];
  }
  const byReplicas = new Map<number | null, { readonly steps: readonly PlanStep[]; targets: number }>();
  for (const { replicas, steps } of planned.targets) {
    const entry = byReplicas.get(replicas) ?? { steps, targets: 0 };
    entry.targets += 1;
    byReplicas.set(replicas, entry);
  }
  return [...byReplicas].flatMap(([replicas, { steps, targets }]) =>
    coarseness(wave, { replicas, steps, targets, subject: `wave ${wave.name}` }),
  );
}

interface Coarse {
  readonly replicas: number | null;
  readonly steps: readonly PlanStep[];
  readonly targets: number;
  readonly subject: string;
}

function coarseness(wave: Wave, { replicas, steps, targets, subject }: Coarse): readonly PlanFinding[] {
  if (replicas === null) return [];
  const who = `${targets} ${targets === 1 ? 'target' : 'targets'} with ${replicas} ${replicas === 1 ? 'replica' : 'replicas'}`;
  const effect = steps.map((step) => `${step.weightPercent} % gives ${step.effectivePercent} %`).join(', ');
  const findings: PlanFinding[] = [];
  if (replicas === 1) findings.push(warning('SingleReplica', subject, `${who}: ${effect}`));
  if (steps.length < wave.steps.length) {
    const declared = wave.steps.join(', ');
    findings.push(warning('StepsMerged', subject, `${who}: of the steps ${declared} only these differ: ${effect}`));
  }
  return findings;
}

function stepCount(wave: PlanWave): number {
  return Math.max(0, ...wave.targets.map((target) => target.steps.length));
}
