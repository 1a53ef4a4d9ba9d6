import { expect, test } from 'vitest';
import { targetId } from '../../../src/domain/plan.ts';
import { nudgeEvidence } from '../../../src/planning/evidence-nudges.ts';
import { aRun } from '../release/a-release.ts';

const run = (name: string, nudges: number) => aRun(targetId('eu', name, 'storefront'), { nudges });

test.each([
  ['without runs there are none', [], { count: 0, targets: 0, most: null }],
  ['a target without any is not counted', [run('a', 0)], { count: 0, targets: 0, most: null }],
  [
    'the one nudged most is named',
    [run('a', 1), run('b', 0), run('c', 4)],
    { count: 5, targets: 2, most: { target: 'eu/c/storefront', count: 4 } },
  ],
  [
    'of two nudged equally often, the first by name',
    [run('z', 2), run('b', 2)],
    { count: 4, targets: 2, most: { target: 'eu/b/storefront', count: 2 } },
  ],
])('%s', (_, runs, evidence) => {
  expect(nudgeEvidence(runs)).toEqual(evidence);
});
