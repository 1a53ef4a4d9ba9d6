import { argumentsIn } from '../analysis/grouped/arguments.ts';
import { planQueries } from '../analysis/grouped/plan-queries.ts';
import { literalMatchers } from '../analysis/query/add-matchers.ts';
import { checkTemplate } from '../analysis/template/check-template.ts';
import type { MetricSourceSpec } from '../domain/fleet.ts';
import type { PlanFinding, PlanWave } from '../domain/plan.ts';
import { formatDuration } from '../domain/time.ts';
import type { WorkloadAnalysis } from '../domain/workload.ts';
import { placeholdersIn } from '../manifests/placeholders.ts';
import { judgeDelayMs } from './check-wave.ts';
import { error, warning } from './findings.ts';
import { valuesOf } from './pod-templates.ts';
import type { ResolvedTarget } from './resolve-targets.ts';
import { analysisArgs, argTexts, longestMs, type TargetAnalysis, targetAnalysis } from './target-analysis.ts';

/** What the analyses of a workload are checked against. */
export interface AnalysesInput {
  readonly analyses: readonly WorkloadAnalysis[];
  readonly targets: readonly ResolvedTarget[];
  readonly waves: readonly PlanWave[];
  readonly sourceOf: (cluster: string) => MetricSourceSpec | undefined;
}

/** Stand for the pod hashes of a target while it is planned. */
const SOME_HASHES = { latestHash: '0000000001', stableHash: '0000000002' };
/** Queries that one metric may cost a round where its targets cannot be asked together. */
const MAX_SINGLE_QUERIES = 200;

/** What cannot work in the analyses of a workload, and what a reader should know of them. */
export function checkAnalyses(input: AnalysesInput): readonly PlanFinding[] {
  return input.analyses.flatMap((analysis) => checkAnalysis(analysis, input));
}

function checkAnalysis(analysis: WorkloadAnalysis, input: AnalysesInput): readonly PlanFinding[] {
  const subject = `analysis ${analysis.name}`;
  const inTemplate = checkTemplate(
    { kind: 'AnalysisTemplate', name: analysis.name, namespace: null, spec: analysis.template, templates: [] },
    'background',
  ).map(({ path, reason, message }) => error(reason, subject, `${path.slice(1).join('.')}: ${message}`));
  if (inTemplate.length > 0) return inTemplate;
  const refused = [...providerFindings(analysis, subject), ...placeholderFindings(analysis, input.targets, subject)];
  const filled: Filled[] = [];
  const placeOf = (target: ResolvedTarget) => ({ placeholders: valuesOf(target), ...SOME_HASHES });
  for (const target of input.targets) {
    const read = analysisArgs(analysis, placeOf(target));
    if (read.kind === 'problem') return [...refused, error(read.reason, subject, read.message)];
    filled.push({ target, args: argTexts(read.args) });
  }
  const [first] = input.targets;
  if (first === undefined || refused.length > 0) return refused;
  // what is read of the first target is read alike of all: their arguments differ in their values alone
  const asked = targetAnalysis(analysis, placeOf(first));
  if (asked.kind === 'problem') return [...refused, error(asked.reason, subject, asked.message)];
  return [
    ...queryFindings(analysis, filled, subject),
    ...matcherFindings(analysis, input, subject),
    ...scheduleFindings(asked, input, subject),
  ];
}

/** Everything about how a Prometheus is asked is the MetricSource's: its address, credentials and headers. */
function providerFindings({ template }: WorkloadAnalysis, subject: string): readonly PlanFinding[] {
  return template.metrics.flatMap(({ name, provider }) => {
    const fields = [
      ...(provider.headers.length > 0 ? ['headers'] : []),
      ...(provider.authentication.kind === 'none' ? [] : ['authentication']),
    ];
    const elsewhere = fields.map((field) =>
      error(
        'AskedAtTheSource',
        subject,
        `metric ${name}: the metric source of each cluster is asked, put ${field} there`,
      ),
    );
    const range = error(
      'RangeQuery',
      subject,
      `metric ${name}: rangeQuery is not built yet, ask with [range] in the query`,
    );
    return provider.rangeQuery === null ? elsewhere : [...elsewhere, range];
  });
}

function placeholderFindings(
  { args }: WorkloadAnalysis,
  targets: readonly ResolvedTarget[],
  subject: string,
): readonly PlanFinding[] {
  const used = placeholdersIn(args.map(({ value }) => (value.kind === 'text' ? value.text : '')));
  return targets
    .flatMap((target) => {
      const values: Readonly<Record<string, string | undefined>> = valuesOf(target);
      const missing = used.find((name) => values[name] === undefined);
      if (missing === undefined) return [];
      const message = `\${${missing}} has no value for ${target.id}: use \${target.namespace} or \${cluster.name}`;
      return [error('UnknownPlaceholder', subject, message)];
    })
    .slice(0, 1);
}

interface Filled {
  readonly target: ResolvedTarget;
  readonly args: Readonly<Record<string, string>>;
}

/** The most targets of one cluster for which a query is the same; equal pod templates have equal hashes. */
function alikeTargets(filled: readonly Filled[], names: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const { target, args } of filled) {
    const key = JSON.stringify([target.cluster, ...names.map((arg) => args[arg])]);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return Math.max(0, ...counts.values());
}

function queryFindings(
  { template }: WorkloadAnalysis,
  filled: readonly Filled[],
  subject: string,
): readonly PlanFinding[] {
  return template.metrics.flatMap(({ name, provider }) => {
    const query = provider.query ?? '';
    const names = argumentsIn(query);
    const findings: PlanFinding[] = [];
    const alike = alikeTargets(filled, names);
    if (alike > 1) {
      const message = `metric ${name} asks the same of ${alike} targets, so that one bad target fails all of them: give it an argument such as \${target.namespace}`;
      findings.push(error('SameForAllTargets', subject, message));
    }
    const tellsVersions = filled.every(({ args }) => names.some((arg) => args[arg] === SOME_HASHES.latestHash));
    if (!tellsVersions) {
      const message = `metric ${name} has no argument with podTemplateHashValue: Latest, so pods of the old version are judged along`;
      findings.push(warning('CannotTellVersions', subject, message));
    }
    const asked = filled.map(({ target, args }) => ({ id: target.id as string, args }));
    const { singles, refusal } = planQueries(query, asked);
    if (refusal === null) return findings;
    const message = `metric ${name} is asked once per target (${singles.length} queries a round): column ${refusal.position}, ${refusal.message}`;
    findings.push((singles.length > MAX_SINGLE_QUERIES ? error : warning)('AskedPerTarget', subject, message));
    return findings;
  });
}

/** A label that the source pins as well, to another value, finds nothing. */
function matcherFindings(
  { template }: WorkloadAnalysis,
  { targets, sourceOf }: AnalysesInput,
  subject: string,
): readonly PlanFinding[] {
  const pinned = new Set(targets.flatMap(({ cluster }) => Object.keys(sourceOf(cluster)?.matchers ?? {})));
  return template.metrics.flatMap(({ name, provider }) =>
    literalMatchers(provider.query ?? '')
      .filter(({ label }) => pinned.has(label))
      .slice(0, 1)
      .map(({ label, value }) =>
        error(
          'MatcherTwice',
          subject,
          `metric ${name}: the metric source adds its own ${label}, leave ${label}="${value}" out`,
        ),
      ),
  );
}

function scheduleFindings(
  asked: TargetAnalysis,
  { waves, targets, sourceOf }: AnalysesInput,
  subject: string,
): readonly PlanFinding[] {
  const scrapeMs = Math.max(0, ...targets.map(({ cluster }) => sourceOf(cluster)?.scrapeIntervalMs ?? 0));
  const neededMs = judgeDelayMs(asked.lookbackMs, scrapeMs) + longestMs(asked);
  return waves.flatMap((wave) => {
    const bakeMs = Math.min(wave.bakeStepMs, wave.bakeWaveMs);
    if (neededMs <= bakeMs) return [];
    const message = `takes ${formatDuration(neededMs)} at each step of wave ${wave.name}, longer than its bake of ${formatDuration(bakeMs)}`;
    return neededMs > bakeMs + wave.analysis.limitMs
      ? [
          error(
            'AnalysisTooLong',
            subject,
            `${message} and analysis.limit ${formatDuration(wave.analysis.limitMs)}: raise one of them`,
          ),
        ]
      : [warning('AnalysisLongerThanBake', subject, message)];
  });
}
