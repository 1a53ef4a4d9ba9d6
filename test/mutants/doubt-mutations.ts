import type { Mutation } from './mutation.ts';

const DOUBTS = 'src/analysis/doubts.ts';
const JUDGE = 'src/analysis/judge-rows.ts';

/** Doubts by name, in order; held equal to the list in the source. */
export const doubtNames: readonly string[] = ['unsteady', 'vanished', 'stale', 'scrapeGap', 'standStill'];

const outOfJudge = (name: string, find: string, replace = ''): Mutation => ({
  name: `doubt: ${name}`,
  file: JUDGE,
  find,
  replace,
});

/** What keeps data that lie from passing, and from failing somebody. */
export const doubtMutations: readonly Mutation[] = [
  ...doubtNames.map((doubt) => ({
    name: `doubt ${doubt}`,
    file: DOUBTS,
    find: `  ['${doubt}', ${doubt}],\n`,
    replace: '',
  })),
  outOfJudge('never passes', 'weightiest(read) ?? '),
  outOfJudge('new pods without traffic', 'standsStillBeside(canary, stable) ?? '),
  outOfJudge('errors that no count holds', ' ?? unseenErrors(verdict, believed, policy)'),
  outOfJudge('counts that are none fail nobody', "doubt?.against !== 'counts'", 'true'),
  outOfJudge('what was seen to fail has failed', "  if (verdict.kind === 'fail') return verdict;\n"),
  outOfJudge('a few rows may be in doubt', 'sum(read) * TOLERATED_DOUBT_RATIO', '0'),
];
