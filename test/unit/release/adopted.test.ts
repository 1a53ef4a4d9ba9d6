import { describe, expect, test } from 'vitest';
import type { Plan } from '../../../src/domain/plan.ts';
import type { TargetRun } from '../../../src/domain/target-run.ts';
import type { JsonObject } from '../../../src/domain/workload.ts';
import { existingRollout } from '../../../src/manifests/existing-rollout.ts';
import { annotations } from '../../../src/release/annotations.ts';
import { type Action, chooseCommand } from '../../../src/release/commands.ts';
import { isReached, locate, locateRestore } from '../../../src/release/location.ts';
import { type ObservedTarget, projectRollout } from '../../../src/release/observed-target.ts';
import { patchOf } from '../../../src/release/patches.ts';
import { indexPlan } from '../../../src/release/plan-index.ts';
import {
  aPlan,
  aRun,
  NEW,
  NEW_IMAGE,
  NOW,
  OLD,
  OLD_IMAGE,
  PLAN_HASH,
  POOL,
  RELEASE,
  returningRun,
} from './a-release.ts';
import { moving, onNew, onOld, pausedAt, putBack } from './an-observed-target.ts';

/** A Rollout that others made: the images of `app` and of its init container `migrate` are ours. */
const OWNED = existingRollout({
  namespace: 'pool-free',
  rollout: 'storefront',
  images: { app: NEW_IMAGE, migrate: NEW_IMAGE },
  weights: [10, 50],
});
const base = aPlan();
const plan: Plan = {
  ...base,
  source: 'existing',
  manifests: Object.fromEntries(Object.keys(base.manifests).map((digest) => [digest, JSON.stringify(OWNED)])),
};
const indexed = indexPlan(plan).targets.get(POOL)!;
const both = (image: string) => ({ app: image, migrate: image, proxy: 'proxy:1' });
const ours = (parts: Partial<ObservedTarget> = {}) => ({
  images: both(NEW_IMAGE),
  templateDigest: 'unknown',
  ...parts,
});
const theirs = (parts: Partial<ObservedTarget> = {}) => ({
  images: both(OLD_IMAGE),
  templateDigest: 'unknown',
  ...parts,
});

const THEIR_STEPS = [{ setWeight: 20 }, { pause: { duration: 60 } }];
const OUR_STEPS = [{ setWeight: 10 }, { pause: {} }, { setWeight: 50 }, { pause: {} }];

function live(image: string, steps: unknown, notes: Readonly<Record<string, string>> = {}): JsonObject {
  const template = {
    metadata: { labels: { app: 'shop' } },
    spec: {
      initContainers: [{ name: 'migrate', image }],
      containers: [
        { name: 'proxy', image: 'proxy:1' },
        { name: 'app', image, env: [{ name: 'COLOUR', value: 'blue' }] },
      ],
    },
  };
  return {
    metadata: { name: 'storefront', uid: 'uid-1', generation: 2, annotations: { [annotations.epoch]: '3', ...notes } },
    spec: { replicas: 7, template, strategy: { canary: { maxSurge: 3, ...(steps === null ? {} : { steps }) } } },
    status: { observedGeneration: '2', currentPodHash: OLD, stableRS: OLD, phase: 'Healthy' },
  } as unknown as JsonObject;
}

function operationsOf(rollout: JsonObject, action: Action, restored: JsonObject | null = null) {
  const command = { target: POOL, epoch: 3, basis: projectRollout(rollout), action };
  const material = { release: RELEASE, planHash: PLAN_HASH, manifest: OWNED, restored, adopted: rollout };
  return patchOf(command, material)!.operations.filter(
    ({ path }) => path.startsWith('/spec') || path.endsWith('before'),
  );
}

const imageOf = (path: string, name: string, from: string, to: string) => [
  { op: 'test', path: `/spec/template/spec/${path}/name`, value: name },
  { op: 'test', path: `/spec/template/spec/${path}/image`, value: from },
  { op: 'replace', path: `/spec/template/spec/${path}/image`, value: to },
];
const STEPS_PATH = '/spec/strategy/canary/steps';
const NOTE_PATH = '/metadata/annotations/tidegate.dev~1before';
const note = (steps: unknown) => ({
  op: 'add',
  path: NOTE_PATH,
  value: JSON.stringify({ hash: OLD, steps }),
});

describe('what is written into a Rollout that others made', () => {
  test('a release: its images where they stand, its steps, and a note of the steps before', () => {
    expect(operationsOf(live(OLD_IMAGE, THEIR_STEPS), { kind: 'writeTemplate' })).toEqual([
      ...imageOf('containers/1', 'app', OLD_IMAGE, NEW_IMAGE),
      ...imageOf('initContainers/0', 'migrate', OLD_IMAGE, NEW_IMAGE),
      { op: 'test', path: STEPS_PATH, value: THEIR_STEPS },
      { op: 'add', path: STEPS_PATH, value: OUR_STEPS },
      note(THEIR_STEPS),
    ]);
  });

  test('a release where there were no steps', () => {
    const operations = operationsOf(live(OLD_IMAGE, null), { kind: 'writeTemplate' });
    expect(operations.slice(-2)).toEqual([{ op: 'add', path: STEPS_PATH, value: OUR_STEPS }, note(null)]);
  });

  test('a release writes no label: they are the owner’s', () => {
    const command = {
      target: POOL,
      epoch: 3,
      basis: projectRollout(live(OLD_IMAGE, null)),
      action: { kind: 'writeTemplate' } as const,
    };
    const material = {
      release: RELEASE,
      planHash: PLAN_HASH,
      manifest: OWNED,
      restored: null,
      adopted: live(OLD_IMAGE, null),
    };
    expect(patchOf(command, material)!.operations.filter(({ path }) => path.includes('/labels'))).toEqual([]);
  });

  test.each([
    [
      'the steps that were noted',
      { hash: OLD, steps: THEIR_STEPS },
      { op: 'add', path: STEPS_PATH, value: THEIR_STEPS },
    ],
    ['no steps, where there were none', { hash: OLD, steps: null }, { op: 'remove', path: STEPS_PATH }],
  ])('a rollback: the images of the stable template, and %s', (_, before, stepsOperation) => {
    const rollout = live(NEW_IMAGE, OUR_STEPS, { [annotations.before]: JSON.stringify(before) });
    const stable = (live(OLD_IMAGE, null)['spec'] as JsonObject)['template'] as JsonObject;
    expect(operationsOf(rollout, { kind: 'restoreTemplate', hash: OLD }, stable)).toEqual([
      ...imageOf('containers/1', 'app', NEW_IMAGE, OLD_IMAGE),
      ...imageOf('initContainers/0', 'migrate', NEW_IMAGE, OLD_IMAGE),
      { op: 'test', path: STEPS_PATH, value: OUR_STEPS },
      stepsOperation,
      { op: 'remove', path: NOTE_PATH },
    ]);
  });

  test('a rollback survives a note that somebody scribbled over', () => {
    const rollout = live(NEW_IMAGE, OUR_STEPS, { [annotations.before]: '{' });
    const stable = (live(OLD_IMAGE, null)['spec'] as JsonObject)['template'] as JsonObject;
    const operations = operationsOf(rollout, { kind: 'restoreTemplate', hash: OLD }, stable);
    expect(operations.slice(-2)).toEqual([
      { op: 'add', path: STEPS_PATH, value: OUR_STEPS },
      { op: 'remove', path: NOTE_PATH },
    ]);
  });

  test('a release over steps of ours that were never given back keeps the note of the first', () => {
    const rollout = live(OLD_IMAGE, OUR_STEPS, {
      [annotations.before]: JSON.stringify({ hash: 'x', steps: THEIR_STEPS }),
    });
    expect(operationsOf(rollout, { kind: 'writeTemplate' }).at(-1)).toEqual(note(THEIR_STEPS));
  });

  test('a promoted target gets its steps back, and nothing else', () => {
    const rollout = live(NEW_IMAGE, OUR_STEPS, {
      [annotations.before]: JSON.stringify({ hash: OLD, steps: THEIR_STEPS }),
    });
    expect(operationsOf(rollout, { kind: 'giveBackSteps' })).toEqual([
      { op: 'test', path: STEPS_PATH, value: OUR_STEPS },
      { op: 'add', path: STEPS_PATH, value: THEIR_STEPS },
      { op: 'remove', path: NOTE_PATH },
    ]);
  });
});

describe('where a Rollout that others made stands', () => {
  const forward: readonly (readonly [string, ObservedTarget, Partial<TargetRun>, string])[] = [
    ['its own images: not written yet', onOld(theirs()), { revision: null }, 'unwritten'],
    ['our images under a template of its own', pausedAt(0, ours()), {}, 'paused'],
    [
      'one of two images is somebody else’s',
      pausedAt(0, ours({ images: { ...both(NEW_IMAGE), app: 'x' } })),
      {},
      'foreign',
    ],
    ['our images, the rest of the template changed since', pausedAt(0, ours({ currentHash: 'third' })), {}, 'foreign'],
    [
      'the same before the controller has looked',
      pausedAt(0, ours({ currentHash: 'third', isObserved: false })),
      {},
      'unseen',
    ],
    ['promoted', onNew(ours()), {}, 'promoted'],
    ['promoted, its own steps given back', onNew(ours({ stepsDigest: 'theirs' })), {}, 'promoted'],
    ['steps changed while it notes its own', pausedAt(0, ours({ stepsDigest: 'x', owesSteps: true })), {}, 'foreign'],
  ];
  test.each(forward)('forward, %s', (_, observed, run, kind) => {
    expect(locate(aRun(POOL, run), indexed, observed, RELEASE).kind).toBe(kind);
  });

  const back: readonly (readonly [string, ObservedTarget, Partial<TargetRun>, string])[] = [
    ['a canary with our images', pausedAt(0, ours()), {}, 'canary'],
    ['the old hash again', putBack(theirs()), {}, 'restored'],
    [
      'promoted, the images put back under a changed template: it walks the steps',
      putBack(theirs({ currentHash: 'third', stableHash: NEW, stepIndex: 1 })),
      {},
      'stepping',
    ],
    ['the same, arrived', putBack(theirs({ currentHash: 'third', stableHash: 'third' })), {}, 'restored'],
    [
      'in mid-canary, the images put back under a changed template: the rest is for its owner',
      putBack(theirs({ currentHash: 'third' })),
      {},
      'superseded',
    ],
    [
      'the images put back, the status still of our revision',
      putBack(theirs({ currentHash: NEW, stableHash: NEW })),
      {},
      'unseen',
    ],
    [
      'the images put back before our revision was ever seen',
      putBack(theirs({ currentHash: NEW })),
      { revision: null },
      'unseen',
    ],
  ];
  test.each(back)('back, %s', (_, observed, run, kind) => {
    expect(locateRestore(returningRun(POOL, run), indexed, observed, RELEASE).kind).toBe(kind);
  });
});

describe('commands for a Rollout that others made', () => {
  const choose = (run: TargetRun, observed: ObservedTarget | 'absent', mayWiden = true) =>
    chooseCommand({ now: NOW, release: RELEASE, epoch: 3, indexed, run, observed, mayWiden, patienceMs: 0 }).command
      ?.action.kind;

  test('it is never created', () => {
    const run = aRun(POOL, { previous: { kind: 'nothing' }, goal: { kind: 'promoted' }, revision: null });
    expect(choose(run, 'absent')).toBeUndefined();
  });

  test('its limits are left alone where there is no room', () => {
    const stuck = putBack(theirs({ phase: 'Progressing', replicaFailure: 'exceeded quota' }));
    expect(choose(returningRun(POOL), stuck)).not.toBe('makeRoom');
  });

  test('promoted, it gets its steps back before it counts as reached', () => {
    const run = aRun(POOL, { goal: { kind: 'promoted' } });
    const owing = onNew(ours({ owesSteps: true }));
    expect(choose(run, owing)).toBe('giveBackSteps');
    expect(isReached(run.goal, locate(run, indexed, owing, RELEASE))).toBe(false);
    expect(isReached(run.goal, locate(run, indexed, onNew(ours()), RELEASE))).toBe(true);
  });

  test('a freeze does not keep its steps from it', () => {
    const run = aRun(POOL, { goal: { kind: 'promoted' } });
    expect(choose(run, onNew(ours({ owesSteps: true })), false)).toBe('giveBackSteps');
  });

  test('it is aborted first, then gets its images back', () => {
    expect(choose(returningRun(POOL), moving(ours()))).toBe('abort');
    expect(choose(returningRun(POOL), moving(ours({ abort: true, abortedAt: true })))).toBe('restoreTemplate');
  });
});
