import { kinds } from '../../ports/kinds.ts';
import type { KubernetesObject } from '../../ports/kubernetes-api.ts';
import { refOf } from '../model-store.ts';
import { mergeArguments, rolloutArguments } from './analysis-arguments.ts';
import { type AnalysisRun, asAnalysisRun } from './analysis-run.ts';
import { flattenTemplates } from './analysis-template.ts';
import { isCompletedPhase } from './metric-assessment.ts';
import type { Pass } from './pass.ts';
import { isAborted } from './pause.ts';
import { isRollbackWithinWindow } from './promotion.ts';
import { podHashOf } from './replica-set.ts';
import { ownerReference } from './revision.ts';
import {
  type AnalysisReference,
  type AnalysisRunSummary,
  canaryOf,
  isFullyPromoted,
  POD_HASH_LABEL,
  pauseOf,
  REVISION_ANNOTATION,
} from './rollout.ts';
import { currentStep } from './steps.ts';

/** Argo keeps this many runs that went well, and as many that did not. */
const KEPT_RUNS = 5;

/** Starts the analysis that is due, ends the rest, and turns a failed run into an abort, an inconclusive one into a pause. */
export function reconcileAnalysisRuns(pass: Pass): void {
  const runs = pass.environment.analysisRunsOf(pass.rollout);
  const { canary: statusOfRuns = {}, promoteFull, stableRS } = pass.rollout.status;
  const background = runNamed(runs, statusOfRuns.currentBackgroundAnalysisRunStatus?.name);
  const stepRun = runNamed(runs, statusOfRuns.currentStepAnalysisRunStatus?.name);
  const withinWindow = isRollbackWithinWindow(pass.rollout, pass.roles, pass.all);
  if (isAborted(pass.rollout, pass.intent) || promoteFull === true || (stableRS ?? '') === '' || withinWindow) {
    pass.background = background && summaryOf(background);
    pass.stepRun = stepRun && summaryOf(stepRun);
    terminate(pass, runs);
    return;
  }
  const nextStepRun = reconcileStepRun(pass, stepRun);
  const nextBackground = reconcileBackground(pass, background);
  pass.stepRun = nextStepRun && summaryOf(nextStepRun);
  pass.background = nextBackground && summaryOf(nextBackground);
  const current = new Set([nextStepRun?.metadata.name, nextBackground?.metadata.name]);
  const others = runs.filter((run) => !current.has(run.metadata.name));
  terminate(pass, others);
  forgetOld(pass, others);
}

function runNamed(runs: readonly AnalysisRun[], name: string | undefined): AnalysisRun | undefined {
  return runs.find((run) => run.metadata.name === name);
}

function summaryOf(run: AnalysisRun): AnalysisRunSummary {
  const { phase, message } = run.status;
  return {
    name: run.metadata.name,
    status: phase ?? '',
    ...(message === undefined || message === '' ? {} : { message }),
  };
}

function reconcileBackground(pass: Pass, current: AnalysisRun | undefined): AnalysisRun | undefined {
  const reference = canaryOf(pass.rollout).analysis;
  const { stableRS = '', currentPodHash = '', currentStepIndex } = pass.rollout.status;
  if (reference === undefined || (reference.templates ?? []).length === 0) return undefined;
  if (isFullyPromoted(pass.rollout) || stableRS === '' || currentPodHash === '') return undefined;
  const isBeforeStart =
    currentStep(pass.rollout) !== undefined && (currentStepIndex ?? 0) < (reference.startingStep ?? 0);
  if (isBeforeStart) return undefined;
  if (pauseOf(pass.rollout, 'InconclusiveAnalysisRun') !== undefined) return current;
  if (needsNewRun(pass, current)) return createRun(pass, reference, { infix: '', type: 'Background' });
  judge(pass, current, 'Background analysis phase error/failed');
  return current;
}

function reconcileStepRun(pass: Pass, current: AnalysisRun | undefined): AnalysisRun | undefined {
  const { pauseConditions = [], abort, currentStepIndex = 0 } = pass.rollout.status;
  if (pauseConditions.length > 0 || abort === true) return current;
  const reference = currentStep(pass.rollout)?.analysis;
  const isOfThisStep = current === undefined || current.metadata.labels?.['step-index'] === String(currentStepIndex);
  if (reference === undefined || (reference.templates ?? []).length === 0 || !isOfThisStep) return undefined;
  if (needsNewRun(pass, current)) {
    return createRun(pass, reference, { infix: String(currentStepIndex), type: 'Step' });
  }
  judge(pass, current, 'Step-based analysis phase error/failed');
  return current;
}

function needsNewRun(pass: Pass, current: AnalysisRun | undefined): current is undefined {
  if (current === undefined) return true;
  const { controllerPause, abortedAt } = pass.rollout.status;
  if (controllerPause === true && pauseOf(pass.rollout, 'CanaryPauseStep') === undefined) {
    return current.status.phase === 'Inconclusive';
  }
  return abortedAt !== undefined;
}

function judge(pass: Pass, run: AnalysisRun, words: string): void {
  const { phase, message = '' } = run.status;
  if (phase === 'Inconclusive') pass.intent.add.add('InconclusiveAnalysisRun');
  if (phase === 'Failed' || phase === 'Error') {
    pass.intent.abortMessage = message === '' ? words : `${words}: ${message}`;
  }
}

interface RunKind {
  /** Index of the step; empty for the background run. */
  readonly infix: string;
  readonly type: 'Background' | 'Step';
}

/** Copies the templates' metrics into a new run. The templates were found when the spec was validated. */
function createRun(pass: Pass, reference: AnalysisReference, kind: RunKind): AnalysisRun | undefined {
  const { store, findTemplate } = pass.environment;
  const { rollout, roles } = pass;
  const namespace = rollout.metadata.namespace ?? '';
  const templates = flattenTemplates(reference, '', (name) => findTemplate(namespace, name));
  if (templates.kind === 'invalid' || roles.canary === undefined) return undefined;
  const args = mergeArguments(templates.declared, rolloutArguments(rollout, reference.args ?? [], roles));
  if (typeof args === 'string') return undefined;
  const hash = podHashOf(roles.canary);
  const revision = rollout.metadata.annotations?.[REVISION_ANNOTATION] ?? '0';
  const base = [rollout.metadata.name, hash, revision, kind.infix].filter((part) => part !== '').join('-');
  const step = kind.type === 'Step' ? { 'step-index': kind.infix } : {};
  const object: KubernetesObject = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisRun',
    metadata: {
      name: freeName(pass, base),
      namespace,
      labels: { ...rollout.spec.selector?.matchLabels, [POD_HASH_LABEL]: hash, 'rollout-type': kind.type, ...step },
      annotations: { [REVISION_ANNOTATION]: revision },
      ownerReferences: [ownerReference(rollout)],
    },
    spec: { metrics: templates.metrics, ...(args.length > 0 ? { args } : {}) },
  };
  return asAnalysisRun(store.create(kinds.analysisRun, object));
}

/** The base name, or that with `.1`, `.2`, … when it is taken. */
function freeName(pass: Pass, base: string): string {
  const namespace = pass.rollout.metadata.namespace ?? null;
  const isTaken = (name: string): boolean =>
    pass.environment.store.get({ kind: kinds.analysisRun, namespace, name }) !== undefined;
  let name = base;
  for (let collision = 1; isTaken(name); collision++) name = `${base}.${collision}`;
  return name;
}

function terminate(pass: Pass, runs: readonly AnalysisRun[]): void {
  for (const run of runs) {
    if (run.spec.terminate === true || isCompletedPhase(run.status.phase)) continue;
    pass.environment.store.mergePatch(refOf(kinds.analysisRun, run), { spec: { terminate: true } });
  }
}

function forgetOld(pass: Pass, others: readonly AnalysisRun[]): void {
  const completed = others.filter((run) => isCompletedPhase(run.status.phase));
  const newestFirst = completed.toReversed();
  const good = newestFirst.filter((run) => run.status.phase === 'Successful');
  const bad = newestFirst.filter((run) => run.status.phase !== 'Successful');
  for (const run of [...good.slice(KEPT_RUNS), ...bad.slice(KEPT_RUNS)]) {
    pass.environment.store.delete(refOf(kinds.analysisRun, run));
  }
}
