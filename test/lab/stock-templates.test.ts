import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { isCompleted } from '../../src/analysis/assess/assessment.ts';
import type { MetricAnswer } from '../../src/analysis/assess/judge-answer.ts';
import { followRun } from '../../src/cli/analysis/follow-run.ts';
import { preparedTry } from '../../src/cli/analysis/prepared-try.ts';
import { readTemplate } from '../../src/cli/analysis/read-templates.ts';
import type { AnalysisPhase } from '../../src/domain/analysis-template.ts';
import { instant } from '../../src/domain/time.ts';
import { FIELD_MANAGER, kinds } from '../../src/ports/kinds.ts';
import type { KubernetesObject } from '../../src/ports/kubernetes-api.ts';
import { type ArgoStatus, analysisRun, statusOf, taken } from './analysis-runs/argo-run.ts';
import { ofAssessment, ofStatus } from './analysis-runs/comparable.ts';
import { type ConnectedLab, connectLab } from './connected-lab.ts';
import { readYamlFolder } from './yaml-folder.ts';

const lab = inject('lab');
const WITHIN_MS = 180_000;
const LOOK_EACH_MS = 250;

/** What a Prometheus answers for a version that does well, and for one that does not. */
const values: Readonly<Record<string, { readonly good: number; readonly bad: number }>> = {
  availability: { good: 0.999, bad: 0.9 },
  'burn-rate': { good: 2, bad: 20 },
  bystanders: { good: 0.99, bad: 0.5 },
  'canary-comparison': { good: 1, bad: 5 },
  'cpu-throttling': { good: 0.1, bad: 0.9 },
  'error-ratio': { good: 0.001, bad: 0.2 },
  latency: { good: 0.99, bad: 0.5 },
  'latency-native': { good: 0.1, bad: 5 },
  'latency-quantiles': { good: 0.1, bad: 5 },
  memory: { good: 0.5, bad: 0.99 },
  restarts: { good: 0, bad: 7 },
};
const names = Object.keys(values);

type Says = 'good' | 'bad' | 'empty' | 'nan' | 'away';

/** A way in which each template is run. */
interface Manner {
  readonly title: string;
  readonly says: Says;
  readonly args: Readonly<Record<string, string>>;
  readonly ends: AnalysisPhase;
  /** Measurements by phase, of each metric. */
  readonly counts: Partial<Record<'successful' | 'failed' | 'inconclusive', number>>;
}

const manners: readonly Manner[] = [
  { title: 'good', says: 'good', args: {}, ends: 'Successful', counts: { successful: 3 } },
  { title: 'bad', says: 'bad', args: {}, ends: 'Failed', counts: { failed: 2 } },
  { title: 'without data, as a step', says: 'empty', args: {}, ends: 'Inconclusive', counts: { inconclusive: 1 } },
  {
    title: 'without data, where that is borne',
    says: 'empty',
    args: { 'inconclusive-limit': '3' },
    ends: 'Successful',
    counts: { inconclusive: 3 },
  },
  { title: 'not a number', says: 'nan', args: {}, ends: 'Inconclusive', counts: { inconclusive: 1 } },
  { title: 'good, without end', says: 'good', args: { count: '0' }, ends: 'Running', counts: {} },
  { title: 'away', says: 'away', args: {}, ends: 'Running', counts: {} },
];

const documents = new Map(
  readYamlFolder('analysis-templates').map(({ path, objects }) => {
    return [path.replace(/^.*\/|\.yaml$/g, ''), objects[0] as KubernetesObject & { readonly spec: TemplateSpec }];
  }),
);

interface TemplateSpec {
  readonly args: readonly { readonly name: string; readonly value?: string }[];
  readonly metrics: readonly { readonly name: string }[];
}

const numberOf = (name: string, says: Says): string => {
  if (says === 'nan') return 'NaN';
  return String(says === 'bad' ? values[name]!.bad : values[name]!.good);
};

/** A server that answers `/<template>/<says>/api/v1/query` alike each time. */
async function startCanned(): Promise<Server> {
  const server = createServer((request, response) => {
    const [, name = '', says = ''] = (request.url ?? '').split('/');
    if (says === 'away') return response.writeHead(503).end();
    const row = { metric: {}, value: [1_700_000_000, says === 'empty' ? '' : numberOf(name, says as Says)] };
    const data = { resultType: 'vector', result: says === 'empty' ? [] : [row] };
    return response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ status: 'success', data }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

describe.skipIf(lab === null)('the stock templates, run by the real controller', () => {
  let connected: ConnectedLab;
  let namespace: string;
  let server: Server;
  let seen: ReadonlyMap<string, ArgoStatus>;
  const addressOf = (name: string, says: Says) =>
    `http://127.0.0.1:${(server.address() as AddressInfo).port}/${name}/${says}`;

  beforeAll(async () => {
    connected = await connectLab(lab);
    namespace = await connected.namespace('stock');
    server = await startCanned();
    for (const document of documents.values()) {
      const placed = { ...document, metadata: { ...document.metadata, namespace } };
      await connected.api.create(placed, kinds.analysisTemplate, { fieldManager: FIELD_MANAGER });
    }
    for (const name of names) {
      for (const [index, manner] of manners.entries()) {
        const run = analysisRun(`${name}-${index}`, namespace, runSpec(name, manner), false);
        await connected.api.create(run, kinds.analysisRun, { fieldManager: FIELD_MANAGER });
      }
      const run = analysisRun(`${name}-unset`, namespace, runSpec(name, manners[0]!, { prometheus: '' }), false);
      await connected.api.create(run, kinds.analysisRun, { fieldManager: FIELD_MANAGER });
    }
    seen = await untilSeen();
  });

  afterAll(async () => {
    server?.closeAllConnections();
    server?.close();
    await connected?.api.close();
  });

  test('each template has a row of values here', () => {
    expect([...documents.keys()].sort()).toEqual(names);
  });

  test.for(names.flatMap((name) => manners.map((manner, index) => [name, manner.title, index] as const)))(
    '%s: %s',
    async ([name, , index]) => {
      const { says, args, ends, counts } = manners[index]!;
      const status = seen.get(`${name}-${index}`)!;
      expect({ phase: status.phase, message: ends === 'Running' ? (status.message ?? '') : '' }).toEqual({
        phase: ends,
        message: '',
      });
      for (const result of status.metricResults ?? []) {
        const { successful = 0, failed = 0, inconclusive = 0 } = result;
        if (ends !== 'Running')
          expect({ successful, failed, inconclusive }).toEqual({
            successful: 0,
            failed: 0,
            inconclusive: 0,
            ...counts,
          });
        if (says !== 'bad') expect(failed).toBe(0);
      }
      if (ends !== 'Running') expect(await ours(name, says, args)).toEqual(ofStatus(status));
    },
  );

  test.for(names)('%s without a URL asks the Prometheus that the controller is set up with', (name) => {
    const { phase, metricResults = [] } = seen.get(`${name}-unset`)!;
    const said = metricResults.map(({ measurements = [] }) => measurements.at(-1)?.message);
    expect({ phase, said }).toEqual({ phase: 'Running', said: said.map(() => 'prometheus address is not configured') });
  });

  test('one template guards in the background, another one is a step, and the count of each is its own', async () => {
    await connected.api.create(rollout('1', 'good'), kinds.rollout, { fieldManager: FIELD_MANAGER });
    await untilRollout(({ phase }) => phase === 'Healthy');
    const first = await hash();
    await change('2', 'good');
    const promoted = await untilRollout(({ phase, stableRS, currentPodHash }) => {
      return phase === 'Healthy' && currentPodHash !== first && stableRS === currentPodHash;
    });
    expect(promoted.conditions?.some(({ type, status }) => type === 'InvalidSpec' && status === 'True')).toBe(false);
    const runs = (await ownRuns()).map((run) => statusOf(run));
    const counted = runs.map(({ phase, metricResults }) => ({ phase, taken: taken(metricResults?.[0]) }));
    expect(counted).toContainEqual({ phase: 'Successful', taken: 3 });
    expect(counted.filter(({ taken: measured }) => measured > 3)).toHaveLength(1);
    await change('3', 'bad');
    const aborted = await untilRollout(({ abort, phase }) => abort === true && phase === 'Degraded');
    expect(aborted.message).toContain('Step-based analysis phase error/failed');
  });

  interface RolloutStatus {
    readonly phase?: string;
    readonly message?: string;
    readonly abort?: boolean;
    readonly stableRS?: string;
    readonly currentPodHash?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  }

  const ref = () => ({ kind: kinds.rollout, namespace, name: 'shop' });
  const hash = async () => (await untilRollout(() => true)).currentPodHash;
  const ownRuns = async () => {
    const { items } = await connected.api.list(kinds.analysisRun, { namespace });
    return items.filter(({ metadata }) => metadata.name.startsWith('shop-'));
  };

  async function untilRollout(holds: (status: RolloutStatus) => boolean): Promise<RolloutStatus> {
    const limitAtMs = performance.now() + WITHIN_MS;
    for (let look = 0; ; look += 1) {
      const status = ((await connected.api.get(ref()))?.['status'] ?? {}) as RolloutStatus;
      if (holds(status)) return status;
      if (performance.now() > limitAtMs) throw new Error(`the Rollout stands still: ${JSON.stringify(status)}`);
      // the controller may have lost what it was sent; any touch makes it look
      const touch = { metadata: { annotations: { looks: `${look}` } } };
      if (look % 8 === 7) await connected.api.mergePatch(ref(), touch, { fieldManager: FIELD_MANAGER });
      await sleep(LOOK_EACH_MS);
    }
  }

  /** A new version, whose step is measured by another address. */
  async function change(version: string, says: Says): Promise<void> {
    const { spec } = rollout(version, says) as KubernetesObject & { readonly spec: Readonly<Record<string, unknown>> };
    const patch = (['template', 'strategy'] as const).map((field) => {
      return { op: 'replace', path: `/spec/${field}`, value: spec[field] } as const;
    });
    await sleep(LOOK_EACH_MS);
    await connected.api.patch(ref(), patch, { fieldManager: FIELD_MANAGER });
  }

  function rollout(version: string, says: Says): KubernetesObject {
    const labels = { app: 'shop' };
    const quick = { interval: '1s', 'initial-delay': '0s', selector: `namespace="${namespace}"` };
    const args = (given: Readonly<Record<string, string>>) => [
      ...Object.entries({ ...quick, ...given }).map(([name, value]) => ({ name, value })),
      { name: 'latest-hash', valueFrom: { podTemplateHashValue: 'Latest' } },
    ];
    const guard = args({ prometheus: addressOf('availability', 'good'), count: '0' });
    const step = args({ prometheus: addressOf('error-ratio', says), count: '3', 'inconclusive-limit': '0' });
    return {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      metadata: { name: 'shop', namespace },
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: { containers: [{ name: 'app', image: `registry.example/shop:${version}` }] },
        },
        strategy: {
          canary: {
            analysis: { templates: [{ templateName: 'tidegate-availability' }], args: guard },
            steps: [
              { setWeight: 50 },
              { analysis: { templates: [{ templateName: 'tidegate-error-ratio' }], args: step } },
              { pause: { duration: '6s' } },
            ],
          },
        },
      },
    };
  }

  function runSpec(name: string, { says, args }: Manner, more: Readonly<Record<string, string>> = {}): object {
    const { spec } = documents.get(name)!;
    const given: Readonly<Record<string, string>> = { ...argsOf(name, says), ...args, ...more };
    const filled = spec.args.map((arg) => ({ ...arg, value: given[arg.name] ?? arg.value }));
    return { args: filled, metrics: spec.metrics };
  }

  function argsOf(name: string, says: Says): Readonly<Record<string, string>> {
    return {
      prometheus: addressOf(name, says),
      selector: 'namespace="shop"',
      rollout: 'storefront',
      'latest-hash': '6d4cf56db6',
      'stable-hash': '58f7b8d4c9',
      interval: '1s',
      'initial-delay': '0s',
      count: '3',
      'failure-limit': '1',
      'inconclusive-limit': '0',
    };
  }

  /** What ours comes to by the same answers, on a clock that jumps. */
  async function ours(name: string, says: Says, args: Readonly<Record<string, string>>) {
    const found = await readTemplate(
      [new URL(`../../analysis-templates/${name}.yaml`, import.meta.url).pathname],
      undefined,
    );
    const declared = found.spec.args.map((arg) => arg.name);
    const given = Object.entries({ ...argsOf(name, says), ...args }).filter(([arg]) => declared.includes(arg));
    const texts = given.map(([arg, value]) => `${arg}=${value}`);
    let nowMs = Date.UTC(2026, 0, 5, 9);
    const clock = {
      now: () => instant(nowMs),
      sleep: async (ms: number) => {
        nowMs += ms;
      },
    };
    const numbers = says === 'empty' ? [] : [Number(numberOf(name, says))];
    const answer: MetricAnswer = { kind: 'value', value: { kind: 'vector', values: numbers }, warnings: [] };
    const analysis = preparedTry(found, texts, addressOf(name, says));
    const signal = new AbortController().signal;
    const tried = await followRun(analysis, async () => answer, { clock, signal, watch: () => {} });
    return ofAssessment(tried.assessment);
  }

  /** The runs once those that end have ended, and the others were measured often enough to have ended wrongly. */
  async function untilSeen(): Promise<ReadonlyMap<string, ArgoStatus>> {
    const limitAtMs = performance.now() + WITHIN_MS;
    for (;;) {
      const { items } = await connected.api.list(kinds.analysisRun, { namespace });
      const statuses = new Map(items.map((item) => [item.metadata.name, statusOf(item)]));
      const open = [...statuses].filter(([, status]) => !isSettled(status));
      if (open.length === 0) return statuses;
      if (performance.now() > limitAtMs) throw new Error(`not over: ${open.map(([name]) => name).join(', ')}`);
      await sleep(LOOK_EACH_MS);
    }
  }
});

function isSettled({ phase, metricResults = [] }: ArgoStatus): boolean {
  if (phase !== '' && isCompleted(phase as AnalysisPhase)) return true;
  return (
    metricResults.length > 0 && metricResults.every((result) => (result.count ?? 0) > 4 || (result.error ?? 0) > 0)
  );
}
