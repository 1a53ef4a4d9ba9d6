import { describe, expect, test } from 'vitest';
import { tenantFacts } from '../../../src/cli/explain/tenant-facts.ts';
import type { ObservedTarget } from '../../../src/release/observed-target.ts';
import { paceAtAGlance } from '../../../src/release/pace.ts';
import {
  aRun,
  aSnapshot,
  aStatus,
  GLOBEX,
  HOOLI,
  INITECH,
  NOW,
  PASSED,
  RUNNING,
  runsOf,
} from '../release/a-release.ts';
import { moving, onOld, written } from '../release/an-observed-target.ts';

/** What keeps initech, when globex has started and looks like this. */
function initech(globex: ObservedTarget, maxConcurrency = 3) {
  const snapshot = aSnapshot({
    waves: [{}, { maxConcurrency }],
    status: aStatus([PASSED, RUNNING]),
    runs: runsOf(aRun(GLOBEX, { revision: null })),
    targets: new Map([
      [GLOBEX, globex],
      [HOOLI, onOld()],
      [INITECH, onOld()],
    ]),
    pace: new Map([['eu', paceAtAGlance([globex, onOld(), onOld({ release: null, isObserved: false })])]]),
  });
  return tenantFacts(snapshot, 'initech', NOW).targets[0]!.facts;
}

describe('a target that has not been started', () => {
  test('waits for its cluster while the controller has not looked at what it has', () => {
    const message = 'cluster eu is at its pace: 1 waits for its controller';
    expect(initech(written())).toEqual([{ fact: 'slots', reason: 'ClusterAtItsPace', message }]);
  });

  test('is kept by nothing while the others move', () => {
    expect(initech(moving())).toEqual([]);
  });

  test('waits for a slot where there is none', () => {
    expect(initech(written(), 1)).toEqual([
      { fact: 'slots', reason: 'NoSlot', message: '1 of 1 slots of wave business are taken' },
    ]);
  });
});
