import { describe, expect, test } from 'vitest';
import { instant } from '../../../src/domain/time.ts';
import type { JsonObject } from '../../../src/domain/workload.ts';
import type { Action, Command } from '../../../src/release/commands.ts';
import { projectRollout } from '../../../src/release/observed-target.ts';
import { type PatchMaterial, patchOf } from '../../../src/release/patches.ts';
import { applyJsonPatch } from '../../../src/sandbox/kubernetes/json-patch.ts';
import { MANIFEST, NEW, NEW_IMAGE, OLD, OLD_IMAGE, PLAN_HASH, POOL, podTemplate, RELEASE, STEPS } from './a-release.ts';
import { onOld } from './an-observed-target.ts';

const START = '2026-11-23T09:56:00Z';
const EPOCH = '/metadata/annotations/tidegate.dev~1epoch';

/** A Rollout of ours at its first pause, as the API gives it. */
function aRollout(metadata: JsonObject = {}, status: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: {
      name: 'storefront',
      namespace: 'pool-free',
      uid: 'uid-1',
      resourceVersion: '100',
      generation: 2,
      labels: { 'app.kubernetes.io/managed-by': 'tidegate', 'team/mine': 'kept' },
      annotations: { 'tidegate.dev/epoch': '3', 'team/mine': 'kept' },
      ...metadata,
    },
    spec: {
      replicas: 30,
      strategy: { canary: { maxUnavailable: 0, steps: STEPS, stranger: true } },
      template: { ...podTemplate(NEW_IMAGE), stranger: true },
    },
    status: {
      observedGeneration: '2',
      currentPodHash: NEW,
      stableRS: OLD,
      currentStepIndex: 1,
      pauseConditions: [{ reason: 'CanaryPauseStep', startTime: START }],
      controllerPause: true,
      phase: 'Paused',
      ...status,
    },
  };
}

const material: PatchMaterial = {
  release: RELEASE,
  planHash: PLAN_HASH,
  manifest: MANIFEST,
  restored: podTemplate(OLD_IMAGE),
  adopted: null,
};
const spec = MANIFEST['spec'] as JsonObject;

const pause = projectRollout(aRollout()).pause!;
const at = instant(Date.parse('2026-11-23T10:00:00Z'));

function commandOn(rollout: JsonObject, action: Action): Command {
  return { target: POOL, epoch: 3, basis: projectRollout(rollout), action };
}

const uid = { op: 'test', path: '/metadata/uid', value: 'uid-1' };
const epoch = { op: 'test', path: EPOCH, value: '3' };
const currentHash = { op: 'test', path: '/status/currentPodHash', value: NEW };

describe('the operations of', () => {
  const rows: readonly { readonly title: string; readonly action: Action; readonly patch: unknown }[] = [
    {
      title: 'a template: template and strategy whole, no window through which steps are skipped, and who they are of',
      action: { kind: 'writeTemplate' },
      patch: {
        subresource: null,
        operations: [
          uid,
          epoch,
          currentHash,
          { op: 'replace', path: '/spec/template', value: spec['template'] },
          { op: 'replace', path: '/spec/strategy', value: spec['strategy'] },
          { op: 'add', path: '/spec/rollbackWindow', value: { revisions: 0 } },
          { op: 'add', path: '/metadata/annotations/tidegate.dev~1release', value: RELEASE },
          { op: 'add', path: '/metadata/annotations/tidegate.dev~1plan', value: PLAN_HASH },
          { op: 'add', path: '/metadata/labels/app.kubernetes.io~1managed-by', value: 'tidegate' },
        ],
      },
    },
    {
      title: 'the old template: whole, with the window that skips its steps, and a note of its hash',
      action: { kind: 'restoreTemplate', hash: OLD },
      patch: {
        subresource: null,
        operations: [
          uid,
          epoch,
          { op: 'replace', path: '/spec/template', value: podTemplate(OLD_IMAGE) },
          { op: 'replace', path: '/spec/strategy', value: spec['strategy'] },
          { op: 'add', path: '/spec/rollbackWindow', value: { revisions: 3 } },
          { op: 'add', path: '/metadata/annotations/tidegate.dev~1restored', value: OLD },
        ],
      },
    },
    {
      title: 'a resume: exactly this pause of this step of this revision',
      action: { kind: 'resume', step: 0, pause },
      patch: {
        subresource: 'status',
        operations: [
          uid,
          epoch,
          currentHash,
          { op: 'test', path: '/status/currentStepIndex', value: 1 },
          { op: 'test', path: '/status/pauseConditions/0/startTime', value: START },
          { op: 'remove', path: '/status/pauseConditions' },
        ],
      },
    },
    {
      title: 'an abort',
      action: { kind: 'abort' },
      patch: {
        subresource: 'status',
        operations: [uid, epoch, currentHash, { op: 'add', path: '/status/abort', value: true }],
      },
    },
    {
      title: 'a full promotion',
      action: { kind: 'promoteFull' },
      patch: {
        subresource: 'status',
        operations: [uid, epoch, currentHash, { op: 'add', path: '/status/promoteFull', value: true }],
      },
    },
    {
      title: 'a nudge: an annotation of ours, whose value is the attempt',
      action: { kind: 'nudge', effect: 'abort', attempt: 2, at },
      patch: {
        subresource: null,
        operations: [
          uid,
          epoch,
          { op: 'add', path: '/metadata/annotations/tidegate.dev~1nudge', value: '2 2026-11-23T10:00:00.000Z' },
        ],
      },
    },
    {
      title: 'making room',
      action: { kind: 'makeRoom' },
      patch: {
        subresource: null,
        operations: [uid, epoch, { op: 'add', path: '/spec/strategy/canary/maxUnavailable', value: '50%' }],
      },
    },
  ];
  test.each(rows)('$title', ({ action, patch }) => {
    expect(patchOf(commandOn(aRollout(), action), material)).toEqual(patch);
  });

  test('a claim: raises the epoch over the one that stands there', () => {
    const old = aRollout({ annotations: { 'tidegate.dev/epoch': '2' } });
    expect(patchOf(commandOn(old, { kind: 'claim' }), material)).toEqual({
      subresource: null,
      operations: [uid, { op: 'test', path: EPOCH, value: '2' }, { op: 'add', path: EPOCH, value: '3' }],
    });
  });

  test('a create: none', () => {
    expect(patchOf({ target: POOL, epoch: 3, basis: null, action: { kind: 'create' } }, material)).toBeNull();
    expect(patchOf(commandOn(aRollout(), { kind: 'create' }), material)).toBeNull();
  });
});

describe('where no epoch stands', () => {
  const bare: JsonObject = { annotations: { 'team/mine': 'kept' } };

  test('nothing at all may have changed since', () => {
    const patch = patchOf(commandOn(aRollout(bare), { kind: 'writeTemplate' }), material)!;
    expect(patch.operations).toContainEqual({ op: 'test', path: '/metadata/resourceVersion', value: '100' });
    expect(patch.operations).toContainEqual({ op: 'add', path: EPOCH, value: '3' });
  });

  test('the annotations are made where there are none', () => {
    const { annotations: _, ...metadata } = aRollout()['metadata'] as JsonObject;
    const naked: JsonObject = { ...aRollout(), metadata };
    const patch = patchOf(commandOn(naked, { kind: 'claim' }), material)!;
    expect(patch.operations.at(-1)).toEqual({
      op: 'add',
      path: '/metadata/annotations',
      value: { 'tidegate.dev/epoch': '3' },
    });
    expect(applyJsonPatch(naked, patch.operations).kind).toBe('patched');
  });

  test('the labels are made where there are none', () => {
    const { labels: _, ...metadata } = aRollout()['metadata'] as JsonObject;
    const naked: JsonObject = { ...aRollout(), metadata };
    const outcome = applyJsonPatch(naked, patchOf(commandOn(naked, { kind: 'writeTemplate' }), material)!.operations);
    expect(outcome).toMatchObject({
      document: { metadata: { labels: { 'app.kubernetes.io/managed-by': 'tidegate' } } },
    });
  });
});

describe('a write of a template', () => {
  const write = (rollout: JsonObject) => {
    const outcome = applyJsonPatch(
      rollout,
      patchOf(commandOn(rollout, { kind: 'writeTemplate' }), material)!.operations,
    );
    if (outcome.kind === 'refused') throw new Error(outcome.reason);
    return outcome.document as { metadata: JsonObject; spec: JsonObject };
  };

  test('leaves nothing of a stranger’s in template and strategy, and the replicas alone', () => {
    expect(write(aRollout()).spec).toEqual({
      replicas: 30,
      rollbackWindow: { revisions: 0 },
      strategy: spec['strategy'],
      template: spec['template'],
    });
  });

  test('keeps people’s labels and annotations', () => {
    const { metadata } = write(aRollout());
    expect(metadata['labels']).toMatchObject({ 'team/mine': 'kept' });
    expect(metadata['annotations']).toMatchObject({ 'team/mine': 'kept' });
  });

  test('takes away the note of an earlier rollback', () => {
    const before = aRollout({ annotations: { 'tidegate.dev/epoch': '3', 'tidegate.dev/restored': OLD } });
    expect(write(before).metadata['annotations']).not.toHaveProperty(['tidegate.dev/restored']);
  });
});

describe('a command that comes late', () => {
  const resume: Action = { kind: 'resume', step: 0, pause };
  const later = { 'tidegate.dev/epoch': '4' };
  const rows: readonly {
    readonly title: string;
    readonly action: Action;
    readonly now: JsonObject;
    readonly why: string;
  }[] = [
    {
      title: 'a resume at the next pause',
      action: resume,
      now: aRollout({}, { currentStepIndex: 3, pauseConditions: [{ reason: 'CanaryPauseStep', startTime: START }] }),
      why: 'test of currentStepIndex failed',
    },
    {
      title: 'a resume at a later pause of the same step',
      action: resume,
      now: aRollout({}, { pauseConditions: [{ reason: 'CanaryPauseStep', startTime: '2026-11-23T09:59:00Z' }] }),
      why: 'test of startTime failed',
    },
    {
      title: 'a resume of another revision',
      action: resume,
      now: aRollout({}, { currentPodHash: 'third' }),
      why: 'test of currentPodHash failed',
    },
    {
      title: 'a resume where nothing is paused any more',
      action: resume,
      now: aRollout({}, { pauseConditions: null }),
      why: 'missing path at 0',
    },
    {
      title: 'an abort of another revision',
      action: { kind: 'abort' },
      now: aRollout({}, { currentPodHash: OLD }),
      why: 'test of currentPodHash failed',
    },
    {
      title: 'a full promotion of another revision',
      action: { kind: 'promoteFull' },
      now: aRollout({}, { currentPodHash: OLD }),
      why: 'test of currentPodHash failed',
    },
    {
      title: 'a template over another revision',
      action: { kind: 'writeTemplate' },
      now: aRollout({}, { currentPodHash: OLD }),
      why: 'test of currentPodHash failed',
    },
    ...(
      [
        resume,
        { kind: 'abort' },
        { kind: 'promoteFull' },
        { kind: 'writeTemplate' },
        { kind: 'restoreTemplate', hash: OLD },
        { kind: 'makeRoom' },
        { kind: 'claim' },
        { kind: 'nudge', effect: 'abort', attempt: 1, at },
      ] satisfies readonly Action[]
    ).flatMap((action) => [
      {
        title: `${action.kind}, after another daemon’s claim`,
        action,
        now: aRollout({ annotations: later }),
        why: 'test of tidegate.dev/epoch failed',
      },
      {
        title: `${action.kind}, on a Rollout made anew`,
        action,
        now: aRollout({ uid: 'uid-2' }),
        why: 'test of uid failed',
      },
    ]),
  ];
  test.each(rows)('$title is refused', ({ action, now, why }) => {
    const { operations } = patchOf(commandOn(aRollout(), action), material)!;
    expect(applyJsonPatch(aRollout(), operations).kind).toBe('patched');
    expect(applyJsonPatch(now, operations)).toEqual({ kind: 'refused', reason: why });
  });

  test('a resume that is in time ends the pause', () => {
    const { operations } = patchOf(commandOn(aRollout(), resume), material)!;
    const outcome = applyJsonPatch(aRollout(), operations);
    expect(outcome).toMatchObject({ kind: 'patched', document: { status: { currentStepIndex: 1 } } });
    expect(projectRollout((outcome as { document: unknown }).document)).toMatchObject({
      pause: null,
      controllerPause: true,
    });
  });
});

test('a basis without epoch refuses whatever changed in between', () => {
  const command: Command = { target: POOL, epoch: 3, basis: onOld({ epoch: null }), action: { kind: 'claim' } };
  const { operations } = patchOf(command, material)!;
  expect(applyJsonPatch(aRollout({ resourceVersion: '101' }), operations)).toEqual({
    kind: 'refused',
    reason: 'test of resourceVersion failed',
  });
});
