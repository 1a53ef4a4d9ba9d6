import type { Instant } from '../domain/time.ts';
import { instant, later, parseInstant } from '../domain/time.ts';
import type { JsonObject } from '../domain/workload.ts';
import { labelKeys } from '../manifests/labels.ts';
import { annotations } from './annotations.ts';
import { imagesOf } from './container-images.ts';
import { record } from './record.ts';
import { digestOfTemplate } from './template-digest.ts';

/** What `maxUnavailable` becomes when a rollback finds no room for the old pods. */
export const ROOM_MAKING_MAX_UNAVAILABLE = '50%';

/** A nudge of ours that stands in the object. */
export interface Nudge {
  readonly attempt: number;
  readonly at: Instant;
}

/** A pause the controller set. */
export interface Pause {
  /** Argo's reason: `CanaryPauseStep`, `InconclusiveAnalysisRun` … */
  readonly reason: string;
  /** The latest moment it can have begun: never too early to judge from. */
  readonly startedAt: Instant;
  /** As it stands in the object, for the precondition of a resume. */
  readonly startTime: string;
}

/** What we keep of a live Rollout. @see argo-rollouts field semantics: observedGeneration, abort and abortedAt, controllerPause */
export interface ObservedTarget {
  readonly uid: string;
  readonly resourceVersion: string;
  /** Whether the controller has taken the present generation. Proves nothing about the hash. */
  readonly isObserved: boolean;
  readonly hasAnnotations: boolean;
  readonly hasLabels: boolean;
  /** Whether Tidegate made the Rollout. */
  readonly isGenerated: boolean;
  readonly epoch: number | null;
  readonly release: string | null;
  readonly nudge: Nudge | null;
  /** Pod hash that a rollback of ours put back; `null` when none did. */
  readonly restored: string | null;
  /** Whether an adopted Rollout carries our steps, its own being noted. */
  readonly owesSteps: boolean;
  readonly templateDigest: string;
  readonly stepsDigest: string;
  /** Container → image, init containers too. */
  readonly images: Readonly<Record<string, string>>;
  /** Image of the first container, for people. */
  readonly image: string;
  readonly phase: string;
  readonly message: string;
  readonly currentHash: string;
  readonly stableHash: string;
  readonly stepIndex: number | null;
  readonly stepCount: number;
  /** The first pause condition; `null` when there is none. */
  readonly pause: Pause | null;
  readonly controllerPause: boolean;
  readonly isPausedBySpec: boolean;
  readonly abort: boolean;
  readonly abortedAt: boolean;
  readonly promoteFull: boolean;
  /** What a traffic router gives the canary, percent; 0 without a router. Healthy comes before it is back at 0. */
  readonly routedPercent: number;
  readonly wantedPods: number;
  readonly updatedPods: number;
  readonly readyPods: number;
  readonly totalPods: number;
  readonly isInvalidSpec: boolean;
  /** Message of the ReplicaFailure condition; `null` when there is none. */
  readonly replicaFailure: string | null;
  readonly deadlineExceeded: boolean;
  /** Whether a rollback of ours has raised `maxUnavailable`. */
  readonly hasRoomMade: boolean;
}

/** Projects a Rollout as it came from the API; absent status fields count as their zero value. */
export function projectRollout(object: unknown): ObservedTarget {
  const root = record(object);
  const metadata = record(root['metadata']);
  const spec = record(root['spec']);
  const status = record(root['status']);
  const canary = record(record(spec['strategy'])['canary']);
  const notes = record(metadata['annotations']);
  const template = record(spec['template']);
  return {
    uid: text(metadata['uid']),
    resourceVersion: text(metadata['resourceVersion']),
    isObserved: isObserved(status['observedGeneration'], count(metadata['generation'])),
    hasAnnotations: metadata['annotations'] !== undefined,
    hasLabels: metadata['labels'] !== undefined,
    isGenerated: record(metadata['labels'])[labelKeys.managedBy] === 'tidegate',
    epoch: integerOrNull(notes[annotations.epoch]),
    release: textOrNull(notes[annotations.release]),
    nudge: parseNudge(textOrNull(notes[annotations.nudge])),
    restored: textOrNull(notes[annotations.restored]),
    owesSteps: notes[annotations.before] !== undefined,
    templateDigest: digestOfTemplate(template as JsonObject),
    stepsDigest: digestOfTemplate({ steps: list(canary['steps']) } as JsonObject),
    images: imagesOf(template),
    image: text(record(list(record(template['spec'])['containers'])[0])['image']),
    ...projectProgress(status, list(canary['steps']).length),
    isPausedBySpec: spec['paused'] === true,
    hasRoomMade: canary['maxUnavailable'] === ROOM_MAKING_MAX_UNAVAILABLE,
    wantedPods: typeof spec['replicas'] === 'number' ? spec['replicas'] : 1,
    ...projectConditions(list(status['conditions'])),
  };
}

function projectProgress(status: Record<string, unknown>, stepCount: number) {
  return {
    phase: text(status['phase']),
    message: text(status['message']),
    currentHash: text(status['currentPodHash']),
    stableHash: text(status['stableRS']),
    stepIndex: typeof status['currentStepIndex'] === 'number' ? status['currentStepIndex'] : null,
    stepCount,
    pause: parsePause(list(status['pauseConditions'])[0]),
    controllerPause: status['controllerPause'] === true,
    abort: status['abort'] === true,
    abortedAt: textOrNull(status['abortedAt']) !== null,
    promoteFull: status['promoteFull'] === true,
    routedPercent: count(record(record(record(status['canary'])['weights'])['canary'])['weight']),
    updatedPods: count(status['updatedReplicas']),
    readyPods: count(status['readyReplicas']),
    totalPods: count(status['replicas']),
  };
}

function projectConditions(conditions: readonly unknown[]) {
  let isInvalidSpec = false;
  let deadlineExceeded = false;
  let replicaFailure: string | null = null;
  for (const entry of conditions) {
    const condition = record(entry);
    if (condition['type'] === 'InvalidSpec') isInvalidSpec = true;
    if (condition['reason'] === 'ProgressDeadlineExceeded') deadlineExceeded = true;
    if (condition['type'] === 'ReplicaFailure' && condition['status'] === 'True')
      replicaFailure = text(condition['message']);
  }
  return { isInvalidSpec, deadlineExceeded, replicaFailure };
}

/** Argo keeps observedGeneration as a string; one that is no number, or beyond the generation, counts as observed (legacy). */
function isObserved(observedGeneration: unknown, generation: number): boolean {
  if (observedGeneration === undefined) return false;
  const observed = Number(observedGeneration);
  return !Number.isInteger(observed) || observed >= generation;
}

/** Argo writes whole seconds, rounded down: the pause began at most this much later. */
const SECOND_MS = 1_000;

function parsePause(entry: unknown): Pause | null {
  if (entry === undefined) return null;
  const startTime = text(record(entry)['startTime']);
  const startedAt = later(parseInstant(startTime) ?? instant(0), SECOND_MS);
  return { reason: text(record(entry)['reason']), startTime, startedAt };
}

function parseNudge(value: string | null): Nudge | null {
  if (value === null) return null;
  const [attempt, at] = value.split(' ');
  return { attempt: Number(attempt) || 0, at: parseInstant(at ?? '') ?? instant(0) };
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function count(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function integerOrNull(value: unknown): number | null {
  const parsed = Number.parseInt(text(value), 10);
  return Number.isNaN(parsed) ? null : parsed;
}
