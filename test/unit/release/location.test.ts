import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Goal, TargetRun } from '../../../src/domain/target-run.ts';
import {
  isReached,
  type Location,
  locate,
  locateRestore,
  type RestoreLocation,
  revisionOf,
} from '../../../src/release/location.ts';
import type { ObservedTarget } from '../../../src/release/observed-target.ts';
import { ago, aRun, indexedTarget, MINUTE_MS, NEW, OLD, POOL, RELEASE, returningRun } from './a-release.ts';
import { aPause, moving, onNew, onOld, pausedAt, putBack, written } from './an-observed-target.ts';

const indexed = indexedTarget(POOL);
const pause = aPause(ago(4 * MINUTE_MS));
const source = readFileSync(new URL('../../../src/release/location.ts', import.meta.url), 'utf8');

const forward: readonly {
  readonly title: string;
  readonly observed: ObservedTarget | 'absent';
  /** @default a run that knows its revision */
  readonly run?: Partial<TargetRun>;
  readonly location: Location;
}[] = [
  { title: 'no Rollout', observed: 'absent', location: { kind: 'absent' } },
  {
    title: 'another template, of a release before',
    observed: onOld(),
    run: { revision: null },
    location: { kind: 'unwritten' },
  },
  {
    title: 'another template and not our name any more, after our revision was seen',
    observed: onOld({ release: null }),
    location: { kind: 'foreign' },
  },
  { title: 'another template under our name', observed: onOld({ release: RELEASE }), location: { kind: 'foreign' } },
  { title: 'other steps under our name', observed: moving({ stepsDigest: 'x' }), location: { kind: 'foreign' } },
  {
    title: 'other steps, before we have written ours',
    observed: onNew({ release: 'storefront-1', stepsDigest: 'x' }),
    location: { kind: 'promoted', isHealthy: true },
  },
  {
    title: 'written, nothing else changed',
    observed: written(),
    run: { revision: null },
    location: { kind: 'unseen' },
  },
  {
    title: 'the generation is current while hash, step and pause are still the old revision’s',
    observed: written({ isObserved: true, stepIndex: 1, phase: 'Paused', pause, controllerPause: true }),
    run: { revision: null },
    location: { kind: 'unseen' },
  },
  {
    title: 'the same lie once our hash is known',
    observed: written({ isObserved: true, stepIndex: 1, phase: 'Paused', pause, controllerPause: true }),
    location: { kind: 'unseen' },
  },
  {
    title: 'a status without any hash',
    observed: written({ isObserved: true, currentHash: '' }),
    run: { revision: null, previous: { kind: 'nothing' } },
    location: { kind: 'unseen' },
  },
  {
    title: 'our hash, but a generation that the controller has not taken',
    observed: pausedAt(0, { isObserved: false }),
    location: { kind: 'unseen' },
  },
  {
    title: 'a spec that Argo refuses, though no hash is known',
    observed: written({ isInvalidSpec: true, isObserved: true }),
    run: { revision: null },
    location: { kind: 'invalid' },
  },
  { title: 'pods move', observed: moving(), location: { kind: 'moving' } },
  { title: 'at the first pause', observed: pausedAt(0), location: { kind: 'paused', step: 0, pause } },
  { title: 'at the second pause', observed: pausedAt(1), location: { kind: 'paused', step: 1, pause } },
  {
    title: 'the pause is gone, the controller has not gone on',
    observed: pausedAt(0, { pause: null }),
    location: { kind: 'resuming' },
  },
  {
    title: 'paused by an analysis',
    observed: pausedAt(0, { pause: aPause(ago(MINUTE_MS), 'InconclusiveAnalysisRun') }),
    location: { kind: 'halted', reason: 'InconclusiveAnalysisRun' },
  },
  {
    title: 'paused at a step that is no pause of ours',
    observed: pausedAt(0, { stepIndex: 2 }),
    location: { kind: 'halted', reason: 'UnexpectedStep' },
  },
  {
    title: 'paused without a step',
    observed: pausedAt(0, { stepIndex: null }),
    location: { kind: 'halted', reason: 'UnexpectedStep' },
  },
  {
    title: 'paused by hand',
    observed: pausedAt(0, { isPausedBySpec: true }),
    location: { kind: 'halted', reason: 'PausedByHand' },
  },
  { title: 'aborted in the spec only', observed: pausedAt(0, { abort: true }), location: { kind: 'aborting' } },
  {
    title: 'aborted and carried out',
    observed: moving({ abort: true, abortedAt: true }),
    location: { kind: 'aborted' },
  },
  { title: 'past Argo’s deadline', observed: moving({ deadlineExceeded: true }), location: { kind: 'timedOut' } },
  { title: 'past the last step', observed: moving({ stepIndex: 4 }), location: { kind: 'finishing' } },
  { title: 'stable and healthy', observed: onNew(), location: { kind: 'promoted', isHealthy: true } },
  {
    title: 'stable before any pod is ready, as a first deploy shows',
    observed: onNew({ phase: 'Progressing' }),
    run: { previous: { kind: 'nothing' }, revision: null },
    location: { kind: 'promoted', isHealthy: false },
  },
  {
    title: 'the abort flag of a promoted target means nothing any more',
    observed: onNew({ abort: true }),
    location: { kind: 'promoted', isHealthy: true },
  },
];

describe('on the way forward', () => {
  test.each(forward)('$title: $location.kind', ({ observed, run, location }) => {
    expect(locate(aRun(POOL, run), indexed, observed, RELEASE)).toEqual(location);
  });

  test('every location is shown by a row', () => {
    expect(new Set(forward.map((row) => row.location.kind))).toEqual(kindsOf('Location'));
  });
});

describe('the revision of this release', () => {
  const cases: readonly {
    readonly title: string;
    readonly observed: ObservedTarget;
    readonly run?: Partial<TargetRun>;
    readonly revision: string | null;
  }[] = [
    { title: 'is the recorded one, whatever is seen', observed: onOld(), run: { revision: NEW }, revision: NEW },
    { title: 'is the new hash under our template', observed: moving(), revision: NEW },
    { title: 'is not the hash from before', observed: written({ isObserved: true }), revision: null },
    { title: 'is not read before the controller has looked', observed: moving({ isObserved: false }), revision: null },
    { title: 'is not read under another template', observed: moving({ templateDigest: 'x' }), revision: null },
    { title: 'is not an empty hash', observed: moving({ currentHash: '' }), revision: null },
    {
      title: 'is the only hash of a first deploy',
      observed: moving(),
      run: { revision: null, previous: { kind: 'nothing' } },
      revision: NEW,
    },
  ];
  test.each(cases)('$title', ({ observed, run, revision }) => {
    expect(revisionOf(aRun(POOL, { revision: null, ...run }), indexed, observed)).toBe(revision);
  });
});

const back: readonly {
  readonly title: string;
  readonly observed: ObservedTarget | 'absent';
  readonly run?: Partial<TargetRun>;
  readonly location: RestoreLocation;
}[] = [
  { title: 'no Rollout', observed: 'absent', location: { kind: 'absent' } },
  {
    title: 'a first deploy',
    observed: onNew(),
    run: { previous: { kind: 'nothing' } },
    location: { kind: 'nothingBefore' },
  },
  { title: 'a canary', observed: pausedAt(0), location: { kind: 'canary', isAborted: false } },
  {
    title: 'a canary with the abort flag',
    observed: pausedAt(0, { abort: true }),
    location: { kind: 'canary', isAborted: true },
  },
  {
    title: 'our template just written, the status still shows the old hash healthy',
    observed: written(),
    run: { revision: null },
    location: { kind: 'canary', isAborted: false },
  },
  {
    title: 'the same with a generation that is current already',
    observed: written({ isObserved: true }),
    run: { revision: null },
    location: { kind: 'canary', isAborted: false },
  },
  {
    title: 'a stale restored note of an earlier rollback under our template',
    observed: written({ restored: OLD }),
    run: { revision: null },
    location: { kind: 'canary', isAborted: false },
  },
  { title: 'the new version is stable', observed: onNew(), location: { kind: 'promoted' } },
  {
    title: 'the new version is stable, with a restored note of an earlier rollback',
    observed: onNew({ restored: OLD }),
    location: { kind: 'promoted' },
  },
  {
    title: 'a release whose template was there before: nothing has to move',
    observed: written({ isObserved: true }),
    run: { revision: OLD },
    location: { kind: 'restored' },
  },
  {
    title: 'the old template is in the spec, the controller still shows our hash',
    observed: putBack({ currentHash: NEW, stableHash: NEW, isObserved: false }),
    location: { kind: 'unseen' },
  },
  {
    title: 'the old template is in the spec, the generation current, the hash still ours',
    observed: putBack({ currentHash: NEW, stableHash: NEW }),
    location: { kind: 'unseen' },
  },
  {
    title: 'the old hash is current, but the controller has not taken the generation',
    observed: putBack({ isObserved: false }),
    location: { kind: 'unseen' },
  },
  {
    title: 'the old hash is current and the spec refused',
    observed: putBack({ isInvalidSpec: true }),
    location: { kind: 'unseen' },
  },
  {
    title: 'another release has written its own template',
    observed: onOld({ release: 'storefront-3', currentHash: 'third', stableHash: 'third' }),
    location: { kind: 'superseded', by: 'storefront-3' },
  },
  {
    title: 'a template of nobody’s',
    observed: onOld({ release: null, currentHash: 'third', stableHash: 'third' }),
    location: { kind: 'superseded', by: 'somebody' },
  },
  {
    title: 'a stranger changed the template in mid-canary under our name: it is still a canary over the old version',
    observed: pausedAt(0, { templateDigest: 'theirs', currentHash: 'third' }),
    location: { kind: 'canary', isAborted: false },
  },
  {
    title: 'a stranger changed the template of a promoted target',
    observed: onNew({ templateDigest: 'theirs', currentHash: 'third' }),
    location: { kind: 'promoted' },
  },
  {
    title: 'the old hash at the first pause: it walks the steps',
    observed: putBack({ stableHash: NEW, stepIndex: 1, pause }),
    location: { kind: 'stepping' },
  },
  {
    title: 'the old hash at step 0 with a pause',
    observed: putBack({ stableHash: NEW, stepIndex: 0, pause }),
    location: { kind: 'stepping' },
  },
  {
    title: 'the old hash past step 0 without a pause',
    observed: putBack({ stableHash: NEW, stepIndex: 2 }),
    location: { kind: 'stepping' },
  },
  {
    title: 'the old hash before the controller has looked at its rollback window',
    observed: putBack({ stableHash: NEW, stepIndex: 0 }),
    location: { kind: 'settling' },
  },
  {
    title: 'the old hash with its steps skipped',
    observed: putBack({ stableHash: NEW, stepIndex: 4 }),
    location: { kind: 'settling' },
  },
  {
    title: 'the old hash in a Rollout without steps',
    observed: putBack({ stableHash: NEW, stepIndex: null }),
    location: { kind: 'settling' },
  },
  {
    title: 'promoted in full already: no second command',
    observed: putBack({ stableHash: NEW, stepIndex: 1, pause, promoteFull: true }),
    location: { kind: 'settling' },
  },
  {
    title: 'stable on the old hash, pods still moving',
    observed: putBack({ phase: 'Progressing' }),
    location: { kind: 'settling' },
  },
  {
    title: 'stable on the old hash, the abort flag not cleared yet',
    observed: putBack({ abort: true }),
    location: { kind: 'settling' },
  },
  {
    title: 'healthy on the old version, a router still sends traffic to the new one',
    observed: putBack({ routedPercent: 50 }),
    location: { kind: 'settling' },
  },
  { title: 'healthy on the old version', observed: putBack(), location: { kind: 'restored' } },
  { title: 'never written: healthy on the old version', observed: onOld(), location: { kind: 'restored' } },
];

describe('on the way back', () => {
  test.each(back)('$title: $location.kind', ({ observed, run, location }) => {
    expect(locateRestore(returningRun(POOL, run), indexed, observed, RELEASE)).toEqual(location);
  });

  test('every location is shown by a row', () => {
    expect(new Set(back.map((row) => row.location.kind))).toEqual(kindsOf('RestoreLocation'));
  });
});

describe('a goal is reached', () => {
  const cases: readonly {
    readonly title: string;
    readonly goal: Goal;
    readonly location: Location;
    readonly reached: boolean;
  }[] = [
    { title: 'at its very pause', goal: step(1), location: { kind: 'paused', step: 1, pause }, reached: true },
    { title: 'not at an earlier pause', goal: step(1), location: { kind: 'paused', step: 0, pause }, reached: false },
    { title: 'not at a later pause', goal: step(0), location: { kind: 'paused', step: 1, pause }, reached: false },
    { title: 'not by a promotion', goal: step(0), location: { kind: 'promoted', isHealthy: true }, reached: false },
    {
      title: 'when promoted and healthy',
      goal: { kind: 'promoted' },
      location: { kind: 'promoted', isHealthy: true },
      reached: true,
    },
    {
      title: 'not before the pods are ready',
      goal: { kind: 'promoted' },
      location: { kind: 'promoted', isHealthy: false },
      reached: false,
    },
    {
      title: 'never here for a way back',
      goal: { kind: 'restored' },
      location: { kind: 'promoted', isHealthy: true },
      reached: false,
    },
  ];
  test.each(cases)('$title', ({ goal, location, reached }) => {
    expect(isReached(goal, location)).toBe(reached);
  });
});

test('the diagram shows exactly the locations of the union', () => {
  const [, diagram = ''] = /```\n([^`]*)```/.exec(source) ?? [];
  const words = diagram.replaceAll(/\([^)]*\)/g, '').match(/[A-Za-z]+/g) ?? [];
  expect(new Set(words)).toEqual(kindsOf('Location'));
});

function step(index: number): Goal {
  return { kind: 'step', step: index };
}

/** The kinds of a union in the source. */
function kindsOf(union: 'Location' | 'RestoreLocation'): ReadonlySet<string> {
  const [, body = ''] = new RegExp(`export type ${union} =([^;]*(?:;[^;]*)*?);\\n\\n`).exec(source) ?? [];
  const kinds = [...body.matchAll(/readonly kind: '(\w+)'/g)].map(([, kind]) => kind!);
  expect(kinds.length).toBeGreaterThan(5);
  return new Set(kinds);
}
