import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const revision = z.string().regex(/^r[1-9]$/);

/** What a Rollout is seen to be, as far as it is the same in every run. Left-out keys are false, empty or zero. */
const stateFields = {
  /** `status.phase`; `None` before the controller has looked. */
  phase: z.string(),
  /** `status.currentStepIndex`; left out where there is none. */
  step: z.int().min(0).optional(),
  /** Revision of `status.currentPodHash`, numbered in order of first appearance. */
  current: revision.optional(),
  /** Revision of `status.stableRS`. */
  stable: revision.optional(),
  /** `status.observedGeneration` is not `metadata.generation`. */
  behind: z.literal(true).optional(),
  /** Reasons of `status.pauseConditions`. */
  pause: z.array(z.string()).optional(),
  /** `status.controllerPause`. */
  controllerPause: z.literal(true).optional(),
  /** `status.abort`. */
  abort: z.literal(true).optional(),
  /** `status.abortedAt` is set. */
  aborted: z.literal(true).optional(),
  /** `status.promoteFull`. */
  promoteFull: z.literal(true).optional(),
  /** Of a Degraded Rollout: the first word of `status.message`, e.g. `RolloutAborted`. */
  reason: z.string().optional(),
  /** Phase of the background analysis in `status.canary`. */
  background: z.string().optional(),
  /** Phase of the step's analysis in `status.canary`. */
  analysis: z.string().optional(),
  /** The condition `ReplicaFailure` holds: pods could not be created. */
  replicaFailure: z.literal(true).optional(),
  /** Percent of the traffic that the router was told to give the canary; left out without a router. */
  weight: z.int().min(0).max(100).optional(),
};

/** A Rollout as seen; after its deletion its phase is `Gone` and there is nothing else. */
const state = z.strictObject(stateFields);
/** What must hold at the same time; left-out keys do not matter. */
const condition = z.strictObject({ ...stateFields, behind: z.boolean() }).partial();
/** A step of the scenario, noted just before it is sent; `refused` is the name of the error it met. */
const deed = z.strictObject({ did: z.string(), refused: z.string().optional() });
/** What the pointers under `look` gave at the end; a value that is not there is `null`. */
const finding = z.strictObject({ final: z.record(z.string(), z.unknown()) });
const milestone = z.union([state, deed, finding]);

const body = z.record(z.string(), z.unknown());
const objectName = z.strictObject({ kind: z.string(), name: z.string() });
const subresource = z.literal('status').optional();
const jsonPatchOperation = z.strictObject({
  op: z.enum(['add', 'replace', 'test', 'remove']),
  path: z.string(),
  value: z.unknown().optional(),
});

/** What a step does, to the Rollout where nothing else is said; exactly one key. */
const action = z.union([
  z.strictObject({ resume: z.literal(true) }).describe('status.pauseConditions: null'),
  z.strictObject({ abort: z.literal(true) }).describe('status.abort: true'),
  z.strictObject({ retry: z.literal(true) }).describe('status.abort: false'),
  z.strictObject({ promoteFull: z.literal(true) }).describe('status.promoteFull: true'),
  z.strictObject({ nudge: z.literal(true) }).describe('annotation tidegate.dev/nudge, a value never used before'),
  z.strictObject({ scale: z.int().min(0) }).describe('spec.replicas, as the field manager kubectl-scale'),
  z.strictObject({ image: z.string() }).describe('the image of the first container, by JSON patch'),
  z.strictObject({ template: body }).describe('the whole spec.template, by JSON patch'),
  z.strictObject({ mergePatch: body, subresource, fieldManager: z.string().optional() }),
  z.strictObject({ jsonPatch: z.array(jsonPatchOperation), subresource, fieldManager: z.string().optional() }),
  z.strictObject({ apply: body, fieldManager: z.string(), force: z.boolean() }).describe('server-side apply'),
  z.strictObject({ create: body }),
  z.strictObject({ delete: z.union([z.literal(true), objectName]) }).describe('the Rollout, or another object'),
  z.strictObject({ stopController: z.literal(true) }),
  z.strictObject({ startController: z.literal(true) }),
  z.strictObject({ prometheus: z.record(z.string(), z.number().nullable()) }).describe('new canned answers'),
]);

const pointerElsewhere = objectName.extend({ at: z.string() });

const step = z.strictObject({
  /** Waits until this holds; left out: goes on at once. */
  when: condition.optional(),
  /** Then waits until no milestone and no step has come for so long; `when` must still hold then. */
  stillMs: z.int().min(0).optional(),
  /** Then waits for so long, whatever comes. */
  afterMs: z.int().min(0).optional(),
  do: action,
  /** The name of the error the step must meet. */
  expectError: z.string().optional(),
});

const usualAttempts = 2;

const scenario = z.strictObject({
  name: z.string(),
  /** What is tried, and what one should learn from it. */
  about: z.string(),
  /** How often it may be begun; more than usual where the moment that it is about can be missed. */
  attempts: z.int().min(1).default(usualAttempts),
  /** The objects are created just after a full second of the world's clock, for ReplicaSets are compared by whole seconds. */
  startsOnTheSecond: z.boolean().default(false),
  /** Created in this order; one of them is the Rollout that is watched. */
  objects: z.array(body),
  /** Answers by query of the Prometheus at `${prometheus}`. */
  prometheus: z.record(z.string(), z.number().nullable()).optional(),
  steps: z.array(step),
  /** The scenario ends when this holds and nothing has come for `endStillMs`. */
  end: condition,
  endStillMs: z.int().min(0).default(1_000),
  /** JSON pointers into the Rollout or another object, by the name under which `final` reports them; a pod hash is named as its revision. */
  look: z.record(z.string(), z.union([z.string(), pointerElsewhere])).optional(),
  /** Milestones that some runs in the lab show and some do not; they count nowhere. */
  volatile: z.array(milestone).default([]),
  /** What the lab showed, the same in each run. Written by `npm run scenarios -- --record`. */
  milestones: z.array(milestone).default([]),
  /** Leftover for YAML anchors. */
  templates: z.unknown().optional(),
});

export type RolloutState = z.infer<typeof state>;
export type Condition = z.infer<typeof condition>;
export type Milestone = z.infer<typeof milestone>;
export type Action = z.infer<typeof action>;
export type Step = z.infer<typeof step>;
export type Pointer = NonNullable<z.infer<typeof scenario>['look']>[string];
export type Scenario = z.infer<typeof scenario>;

/** `true` for those that stop the controller or hang on a moment: they must not run beside others in one cluster. */
export function isSolitary({ attempts, steps }: Scenario): boolean {
  return attempts > usualAttempts || steps.some((step) => 'stopController' in step.do);
}

/** Where the scenarios are. */
export const scenarioFolder = import.meta.dirname;

/** Reads one scenario. @throws ZodError where the file does not fit the format */
export function readScenario(fileName: string): Scenario {
  const text = readFileSync(join(scenarioFolder, fileName), 'utf8');
  return scenario.parse(parse(text, { merge: true }));
}

/** Every scenario, by name; the file is `<name>.yaml`. */
export function loadScenarios(): Scenario[] {
  return readdirSync(scenarioFolder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map(readScenario);
}
