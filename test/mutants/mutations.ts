import { doubtMutations } from './doubt-mutations.ts';
import type { Mutation } from './mutation.ts';

const FACTS = 'src/release/facts.ts';
const COMMANDS = 'src/release/commands.ts';
const LOCATION = 'src/release/location.ts';
const ROLLBACK = 'src/release/rollback.ts';
const DISPATCH = 'src/release/dispatch.ts';
const BLOCKERS = 'src/release/blockers.ts';
const ADMISSION = 'src/release/admission.ts';
const STARTS = 'src/release/start-targets.ts';
const ANALYSES = 'src/release/analyses/analysis-gate.ts';
const REMEMBERED = 'src/release/remembered-gates.ts';
const ANALYSIS_RUNS = 'src/release/analyses/analysis-runs.ts';
const PACE = 'src/release/pace.ts';
const ASSESS = 'src/release/assess.ts';
const PATCHES = 'src/release/patches.ts';

/** Facts by name, in order; held equal to the list in the source. */
export const factNames: readonly string[] = [
  'newerEpoch',
  'unreachable',
  'gone',
  'foreign',
  'invalid',
  'aborted',
  'timedOut',
  'exposedByHand',
  'aheadOfGoal',
  'deadlineExceeded',
  'halted',
  'onTheWay',
  'sloFailed',
  'promoted',
  'baking',
  'tooEarly',
  'unproven',
  'blocked',
  'passed',
];

const factMutations: readonly Mutation[] = factNames.map((fact) => ({
  name: `fact ${fact}`,
  file: FACTS,
  find: `  ['${fact}', ${fact}],\n`,
  replace: '',
}));

const named =
  (file: string, prefix: string) =>
  (name: string, find: string, replace: string): Mutation => ({ name: `${prefix} ${name}`, file, find, replace });

const action = named(COMMANDS, 'rollback action:');
const restore = named(LOCATION, 'way back:');
const scope = named(ROLLBACK, 'scope:');
const command = named(COMMANDS, 'command:');
const patch = named(PATCHES, 'patch:');

const CANARY = 'return canaryAction(run, observed, location.isAborted, hash);';

const actionMutations: readonly Mutation[] = [
  action('canary', CANARY, 'return null;'),
  action('canary, its abort', CANARY, "return { kind: 'restoreTemplate', hash };"),
  action('canary, the template after its abort', "isWaitedFor ? null : { kind: 'restoreTemplate', hash }", 'null'),
  action(
    'canary, the template waits for the abort',
    "isWaitedFor ? null : { kind: 'restoreTemplate', hash }",
    "{ kind: 'restoreTemplate', hash }",
  ),
  action(
    'canary, an abort that never comes',
    '!observed.abortedAt && nudgesOf(run, observed) < ABORT_NUDGES',
    '!observed.abortedAt',
  ),
  action('canary of an InvalidSpec', 'observed.isInvalidSpec || observed.isPausedBySpec', 'observed.isPausedBySpec'),
  action('canary paused by hand', 'observed.isInvalidSpec || observed.isPausedBySpec', 'observed.isInvalidSpec'),
  action(
    'promoted',
    "case 'promoted':\n      return { kind: 'restoreTemplate', hash };",
    "case 'promoted':\n      return null;",
  ),
  action('stepping', "return { kind: 'promoteFull' };", 'return null;'),
  action('settling', "return mayMakeRoom(indexed, observed) ? { kind: 'makeRoom' } : null;", 'return null;'),
  action('settling, room made once', ' && !observed.hasRoomMade', ''),
  action('restored', "return observed.epoch === epoch ? null : { kind: 'claim' };", 'return null;'),
  action(
    'first deploy and gone',
    "if (observed === 'absent' || run.previous.kind === 'nothing') return null;\n  const { hash } = run.previous;",
    "if (observed === 'absent') return { kind: 'abort' };\n  const { hash } = run.previous as { hash: string };",
  ),
];

const restoreMutations: readonly Mutation[] = [
  restore(
    'absent',
    "  if (observed === 'absent') return { kind: 'absent' };\n  if (run.previous.kind === 'nothing')",
    "  if (run.previous.kind === 'nothing')",
  ),
  restore('nothing before', "  if (run.previous.kind === 'nothing') return { kind: 'nothingBefore' };\n", ''),
  restore(
    'a status that lags behind our template',
    'const specIsNew = carriesVersion(indexed, observed) && run.revision !== hash;',
    'const specIsNew = false;',
  ),
  restore('a template that was there before', ' && run.revision !== hash;', ';'),
  restore(
    'the old hash',
    'if (!specIsNew && observed.currentHash === back && observed.isObserved && !observed.isInvalidSpec) {',
    'if (false) {',
  ),
  restore(
    'the old hash, observed',
    ' && observed.isObserved && !observed.isInvalidSpec',
    ' && !observed.isInvalidSpec',
  ),
  restore('the old hash, spec valid', ' && observed.isObserved && !observed.isInvalidSpec', ' && observed.isObserved'),
  restore('unseen', "  if (!specIsNew && observed.restored === hash) return { kind: 'unseen' };\n", ''),
  restore('unseen, a stale note', 'if (!specIsNew && observed.restored === hash)', 'if (observed.restored === hash)'),
  restore(
    'superseded',
    "  if (!specIsNew && observed.release !== release) return { kind: 'superseded', by: observed.release ?? 'somebody' };\n",
    '',
  ),
  restore('canary', "  if (observed.stableHash === hash) return { kind: 'canary', isAborted: observed.abort };\n", ''),
  restore('canary, its abort flag', 'isAborted: observed.abort }', 'isAborted: false }'),
  restore('promoted', "  return { kind: 'promoted' };\n}", "  return { kind: 'restored' };\n}"),
  restore('restored', "return { kind: isDone ? 'restored' : 'settling' };", "return { kind: 'settling' };"),
  restore('restored, healthy', 'isHealthy(observed) && !observed.abort;', '!observed.abort;'),
  restore('restored, no traffic by a router', ' && routedPercent === 0;', ';'),
  restore('restored, abort cleared', 'isHealthy(observed) && !observed.abort;', 'isHealthy(observed);'),
  restore(
    'stepping',
    "return { kind: walksSteps && !observed.promoteFull ? 'stepping' : 'settling' };",
    "return { kind: 'settling' };",
  ),
  restore('stepping, promoted in full already', 'walksSteps && !observed.promoteFull', 'walksSteps'),
  restore('stepping, before the rollback window', ' && (stepIndex > 0 || pause !== null);', ';'),
];

const IN_FLIGHT = "  if (run.goal.kind === 'restored' || run.reachedAt === null) return true;\n";
const NARROW = "case 'inFlight':\n    case 'target':\n      return false;";

const scopeMutations: readonly Mutation[] = [
  scope('what is in flight', IN_FLIGHT, ''),
  scope('what goes back already', "run.goal.kind === 'restored' || run.reachedAt === null", 'run.reachedAt === null'),
  scope('release', "case 'release':\n      return true;", "case 'release':\n      return false;"),
  scope('wave', 'return snapshot.index.targets.get(run.target)?.waveIndex === decision.wave;', 'return false;'),
  scope(
    'wave, no other',
    'return snapshot.index.targets.get(run.target)?.waveIndex === decision.wave;',
    'return true;',
  ),
  scope('inFlight', NARROW, "case 'inFlight':\n      return true;\n    case 'target':\n      return false;"),
  scope('target', NARROW, "case 'inFlight':\n      return false;\n    case 'target':\n      return true;"),
];

const fenceMutations: readonly Mutation[] = [
  command(
    'a newer daemon',
    "  if (observed !== 'absent' && observed.epoch !== null && observed.epoch > epoch) return NOTHING;\n",
    '',
  ),
  command(
    'exposure may not widen',
    "if (action === null || input.mayWiden || action.kind === 'giveBackSteps') return action;",
    'return action;',
  ),
  command(
    'claim before a status patch',
    "isStatusPatch && observed.epoch !== epoch ? { kind: 'claim' } : action",
    'action',
  ),
  command('the recorded revision alone is written over', 'return isUntouched(run, observed) ?', 'return true ?'),
  command('a nudge is due', '  if (now < dueAt) return { command: null, wakeAt: dueAt };\n', ''),
  patch('uid', "[{ op: 'test', path: '/metadata/uid', value: basis.uid }, fence]", '[fence]'),
  patch(
    'epoch',
    "[{ op: 'test', path: '/metadata/uid', value: basis.uid }, fence]",
    "[{ op: 'test', path: '/metadata/uid', value: basis.uid }]",
  ),
  patch('pod hash', "return [{ op: 'test', path: '/status/currentPodHash', value: basis.currentHash }];", 'return [];'),
  patch(
    'step of a resume',
    "        { op: 'test', path: '/status/currentStepIndex', value: 2 * action.step + 1 },\n",
    '',
  ),
  patch(
    'pause of a resume',
    "        { op: 'test', path: '/status/pauseConditions/0/startTime', value: action.pause.startTime },\n",
    '',
  ),
];

const decisionMutations: readonly Mutation[] = [
  {
    name: 'rollback order',
    file: DISPATCH,
    find: 'return open.sort((a, b) => rank(a) - rank(b));',
    replace: 'return open;',
  },
  {
    name: 'rollback width',
    file: DISPATCH,
    find: '    if (takesSlot && slots <= 0) continue;\n',
    replace: '',
  },
  {
    name: 'rollback stops what widens',
    file: BLOCKERS,
    find: 'return rollback === null && targetBlocker(',
    replace: 'return targetBlocker(',
  },
  {
    name: 'goals are persisted before commands',
    file: DISPATCH,
    find: ' || changed.has(run.target)',
    replace: '',
  },
  {
    name: 'unreachable: what has arrived is not failed',
    file: FACTS,
    find: "  if (run.reachedAt !== null) return hold('ClusterUnreachable', message);\n",
    replace: '',
  },
  {
    name: 'a lost record claims nothing',
    file: STARTS,
    find: ' || (isThere && observed.release === release)',
    replace: '',
  },
  {
    name: 'a gate that was judged: new answers are not looked at',
    file: REMEMBERED,
    find: ' && isSame(known.inputs, inputs)',
    replace: '',
  },
  {
    name: 'a gate that was judged: it never gets too old',
    file: REMEMBERED,
    find: ' && now <= known.until',
    replace: '',
  },
  {
    name: 'analyses: the run of an earlier step speaks',
    file: ANALYSIS_RUNS,
    find: '|${exposure}|${run.goalAt}|${revision}`',
    replace: '|${revision}`',
  },
  {
    name: 'analyses: one that compares with a version that is gone',
    file: ANALYSIS_RUNS,
    find: 'return isBeside ? analyses : analyses.filter((analysis) => !usesStable(analysis));',
    replace: 'return isBeside ? analyses : analyses;',
  },
  {
    name: 'analyses: a run that has not begun holds nothing',
    file: ANALYSES,
    find: "state === undefined ? early('its analysis has not begun') : gateOf(state, now)",
    replace: "state === undefined ? gate('pass', '', '') : gateOf(state, now)",
  },
  {
    name: 'analyses: an empty success is one',
    file: ANALYSES,
    find: ' && !isEmpty(value)',
    replace: '',
  },
  {
    name: 'analyses: an error as the last measurement is overlooked',
    file: ANALYSES,
    find: "if (last.phase === 'Error')",
    replace: 'if (false)',
  },
  {
    name: 'analyses: an answer that is overdue is overlooked',
    file: ANALYSES,
    find: 'if (now > lateAt) {',
    replace: 'if (false) {',
  },
  {
    name: 'analyses: a run that is not over passes',
    file: ANALYSES,
    find: "if (metric.effectiveCount !== null || last.phase !== 'Successful')",
    replace: "if (last.phase !== 'Successful')",
  },
  {
    name: 'analyses: a wave judged as a whole passes without them',
    file: ADMISSION,
    find: '  if (!analysesPass(snapshot, measurablesOf(assessed), now)) return false;\n',
    replace: '',
  },
  {
    name: 'analyses: the SLOs alone decide',
    file: ANALYSES,
    find: 'return own === null ? slo : { ...worstGate([slo, own]), samples: slo.samples };',
    replace: 'return own === null ? slo : slo;',
  },
  {
    name: 'a baked wave without proof: never rolled back',
    file: ADMISSION,
    find: "wave.analysis.then !== 'rollback' || ",
    replace: "wave.analysis.then !== 'ask' || ",
  },
  {
    name: 'unreachable: no command',
    file: DISPATCH,
    find: "    if (snapshot.clusters.get(indexed.target.cluster)?.kind !== 'fresh') continue;\n",
    replace: '',
  },
  {
    name: 'unreachable: never taken for back',
    file: ASSESS,
    find: "snapshot.clusters.get(indexed.target.cluster)?.kind === 'stale' || ",
    replace: '',
  },
  {
    name: 'unreachable: told past the deadline',
    file: ROLLBACK,
    find: 'const late = runs.filter((run) => run.reachedAt === null && isOverdue(snapshot, run, now));',
    replace: 'const late = runs.slice(0, 0);',
  },
  {
    name: 'back under our epoch only',
    file: ASSESS,
    find: ' && observed.epoch === snapshot.epoch',
    replace: '',
  },
  {
    name: 'a wider request replaces a narrower decision',
    file: ROLLBACK,
    find: 'BREADTH.indexOf(request.scope) > BREADTH.indexOf(rollback.scope)',
    replace: 'false',
  },
  {
    name: 'pace: no more wait than were answered',
    file: PACE,
    find: 'here + pace.waiting >= admittedWidth(pace, maxConcurrency)',
    replace: 'false',
  },
  {
    name: 'pace: what is on its way waits too',
    file: PACE,
    find: 'if (isOnItsWay(one, now)) waiting.set',
    replace: 'if (false) waiting.set',
  },
  {
    name: 'pace: a refused command holds nobody',
    file: PACE,
    find: 'snapshot.refusals.has(indexed.target.id) || ',
    replace: '',
  },
  {
    name: 'pace: what is stuck holds nobody',
    file: PACE,
    find: ' || now - run.goalAt > STUCK_AFTER_MS) return false;',
    replace: ') return false;',
  },
];

const adopted = (name: string, file: string, find: string, replace: string): Mutation => ({
  name: `adopted: ${name}`,
  file,
  find,
  replace,
});

const adoptedMutations: readonly Mutation[] = [
  adopted('every image counts', 'src/release/carries-version.ts', '.every(', '.some('),
  adopted(
    'a template changed beside our images',
    LOCATION,
    "  if (isChangedBeside(run, indexed, observed)) return { kind: 'foreign' };\n",
    '',
  ),
  adopted('steps are ours while its own are noted', LOCATION, ' && (ownedImages === null || observed.owesSteps);', ';'),
  adopted('reached with its own steps', LOCATION, ' && !observed.owesSteps };', ' };'),
  adopted(
    'back under another hash',
    LOCATION,
    'const back = hashOnceBack(run, indexed, observed, hash);',
    'const back = hash;',
  ),
  adopted(
    'our revision is not the way back',
    LOCATION,
    'isPutBack && observed.currentHash !== run.revision ?',
    'isPutBack ?',
  ),
  adopted(
    'a change beside it in mid-canary is its owner\u2019s',
    LOCATION,
    'if (back !== hash && observed.stableHash === hash)',
    'if (false)',
  ),
  adopted('never created', COMMANDS, " && indexed.ownedImages === null ? { kind: 'create' }", " ? { kind: 'create' }"),
  adopted(
    'its limits stay',
    COMMANDS,
    'return ownedImages === null && observed.replicaFailure',
    'return observed.replicaFailure',
  ),
  adopted(
    'a freeze keeps no steps',
    COMMANDS,
    " || action.kind === 'giveBackSteps') return action;",
    ') return action;',
  ),
  adopted(
    'its labels stay',
    PATCHES,
    '...(material.adopted === null ? labelled(basis, labels) : []),',
    '...labelled(basis, labels),',
  ),
  adopted(
    'its image is tested',
    'src/release/existing-patches.ts',
    "      { op: 'test', path: `/spec/template${path}/image`, value: image },\n",
    '',
  ),
  adopted(
    'the first note stays',
    'src/release/existing-patches.ts',
    '(beforeOf(live) ?? { steps: stepsOf(live) }).steps',
    'stepsOf(live)',
  ),
];

/** Everything that is taken out, in turn. */
export const mutations: readonly Mutation[] = [
  ...doubtMutations,
  ...factMutations,
  ...actionMutations,
  ...restoreMutations,
  ...scopeMutations,
  ...fenceMutations,
  ...decisionMutations,
  ...adoptedMutations,
];
