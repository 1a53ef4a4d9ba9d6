import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { connectHub, type HubConnection } from '../../src/cli/composition.ts';
import { neededRights } from '../../src/cli/doctor/daemon-rights.ts';
import { examine } from '../../src/cli/doctor/examine.ts';
import type { DoctorReport } from '../../src/cli/doctor/report.ts';
import { install, installedObjects } from '../../src/cli/installed-objects.ts';
import { applyDeclarations, baselinePlan, deployBaseline } from '../../src/cli/seed-world.ts';
import { daemonRights } from '../../src/cli/shipped-objects.ts';
import { loadInventory } from '../../src/config/load-inventory.ts';
import { checkCluster } from '../../src/controller/checkup/cluster-checkup.ts';
import type { Finding } from '../../src/controller/checkup/finding.ts';
import type { MetricSourceSpec } from '../../src/domain/fleet.ts';
import { instant } from '../../src/domain/time.ts';
import { FIELD_MANAGER, kinds } from '../../src/ports/kinds.ts';
import type { ObjectRef } from '../../src/ports/kubernetes-api.ts';
import type { MetricSource, MetricSourceProbe } from '../../src/ports/metric-source.ts';
import { projectRollout } from '../../src/release/observed-target.ts';
import { argoOf, type LabHandle } from './lab-control.ts';
import { logIn, newUser } from './service-account.ts';

const lab = inject('lab');
const READY_WITHIN_MS = 120_000;

/** A pool with one tenant and a tenant of its own, both in the lab. */
function fleetText(prefix: string): string {
  return `
apiVersion: tidegate.dev/v1alpha1
kind: MetricSource
metadata: { name: model }
spec: { url: "http://127.0.0.1:9", labels: { tenant: tenant_id, revision: { label: rollouts_pod_template_hash } } }
---
apiVersion: tidegate.dev/v1alpha1
kind: Cluster
metadata: { name: lab }
spec: { access: { context: lab }, metrics: model }
---
apiVersion: tidegate.dev/v1alpha1
kind: Pool
metadata: { name: eu }
spec: { cluster: lab, namespace: ${prefix}-pool }
---
apiVersion: tidegate.dev/v1alpha1
kind: Tenant
metadata: { name: alder }
spec: { tier: free, placements: [{ pool: eu }] }
---
apiVersion: tidegate.dev/v1alpha1
kind: Tenant
metadata: { name: acme }
spec: { tier: enterprise, placements: [{ cluster: lab, namespace: ${prefix}-acme }] }
---
apiVersion: tidegate.dev/v1alpha1
kind: Workload
metadata: { name: examined }
spec:
  source:
    generate:
      replicas: { default: 2 }
      ports: [{ name: http, port: 80, targetPort: http }]
      template: { spec: { containers: [{ name: app, image: "registry.example/app@sha256:${'a'.repeat(64)}" }] } }
  slos: [{ name: availability, good: 'requests_total{code!~"5.."}', total: requests_total, objective: { default: "0.99" } }]
---
apiVersion: tidegate.dev/v1alpha1
kind: WavePlan
metadata: { name: all }
spec:
  waves:
  - name: all
    select: { rest: true }
    maxConcurrency: 100%
    steps: [50]
    bake: { step: 10m, wave: 10m }
    deadline: { target: 30m, wave: 1h }
    analysis: { scope: target, minRequests: 40, limit: 30m, window: 5m, interval: 1m }
    onFailure: { rollback: wave }
  rollback: { order: [enterprise, free], maxConcurrency: 50 }
`;
}

describe.skipIf(lab === null)('doctor, against the real thing', () => {
  const prefix = `doctor-${randomUUID().slice(0, 6)}`;
  const namespace = `${prefix}-hub`;
  let handle: LabHandle;
  let hub: HubConnection;
  let targets: readonly ObjectRef[];

  beforeAll(async () => {
    handle = lab!;
    const connected = await connectHub({ kubeconfig: handle.kubeconfigPath, context: 'lab', namespace });
    hub = { ...connected, openSource: () => modelSource, probeSource };
    const { api, clock } = hub;
    for (const role of ['hub', 'target'] as const) await install(api, clock, installedObjects(namespace, role));
    const file = { path: 'examined.yaml', text: fleetText(prefix) };
    await applyDeclarations(api, namespace, [file], (object) => object);
    const inventory = loadInventory([file]);
    const version = { name: '1', images: { app: `registry.example/app@sha256:${'a'.repeat(64)}` } };
    const release = { name: 'baseline', workload: 'examined', wavePlan: 'all', version, scope: null };
    const baseline = baselinePlan(inventory, release, clock.now());
    await deployBaseline(baseline, () => api);
    targets = baseline.waves.flatMap((wave) =>
      wave.targets.map(({ namespace: place, rollout }) => ({ kind: kinds.rollout, namespace: place, name: rollout })),
    );
  });

  afterAll(() => hub.close());

  async function phases(): Promise<readonly unknown[]> {
    const live = await Promise.all(targets.map((ref) => hub.api.get(ref)));
    return live.map((one) => (one?.['status'] as { readonly phase?: string } | undefined)?.phase);
  }

  async function generations(): Promise<readonly boolean[]> {
    const live = await Promise.all(targets.map((ref) => hub.api.get(ref)));
    return live.map((one) => projectRollout(one).isObserved);
  }

  test('a healthy cluster has no errors, and its controllers are measured without a trace', async () => {
    await expect.poll(phases, { timeout: READY_WITHIN_MS, interval: 200 }).toEqual(['Healthy', 'Healthy']);
    const report = await look(hub, prefix);
    expect(textOf(report.places.flatMap(({ findings }) => findings.filter(({ level }) => level === 'error')))).toEqual(
      [],
    );
    expect(reasonsOf(report, 'hub')).toEqual([
      'ApiServerAnswers',
      'KindsCurrent',
      'RightsGranted',
      'NoDaemon',
      'Declared',
    ]);
    expect(reasonsOf(report, 'cluster')).toEqual(
      expect.arrayContaining(['ApiServerAnswers', 'ArgoCurrent', 'TargetsReady', 'Room', 'ReplicaSetsQuick']),
    );
    expect(reasonsOf(report, 'source')).toEqual(['SourceAnswers', 'SloMeasurable']);
    const account = `system:serviceaccount:${namespace}:tidegate`;
    expect(textOf(report.places[0]!.findings).join('\n')).toContain(`${account} may do all that is needed`);
    const left = await hub.api.list(kinds.rollout, { namespace: `${prefix}-pool` });
    expect(left.items.map(({ metadata }) => metadata.name)).toEqual(['examined']);
  });

  test('a controller that is stopped is silent, for whoever looks and whoever probes', async () => {
    const argo = argoOf(handle);
    await argo.stop();
    try {
      const annotation = { op: 'add', path: '/spec/template/metadata/annotations', value: { looked: 'at' } } as const;
      await hub.api.patch(targets[0]!, [annotation], { fieldManager: FIELD_MANAGER });
      const report = await look(hub, prefix);
      const silent = report.places
        .find(({ kind }) => kind === 'cluster')!
        .findings.filter(({ level }) => level === 'error');
      expect(silent.map(({ check, reason }) => [check, reason])).toEqual([
        ['argo controller', 'ControllerSilent'],
        ['probe', 'ControllerSilent'],
      ]);
      expect(silent[0]!.message).toContain(`${targets[0]!.namespace}/examined`);
      expect(report.ok).toBe(false);
    } finally {
      await argo.start();
    }
  });

  test('the account that is shipped has every right, and no error', async () => {
    // the controller that was stopped has taken up what it missed
    await expect.poll(generations, { timeout: READY_WITHIN_MS, interval: 200 }).toEqual([true, true]);
    const user = await logIn(handle, namespace, 'tidegate');
    try {
      const found = await checkAs(user.api);
      expect(textOf(found.filter(({ check }) => check === 'rights')).join('\n')).toContain('may do all that is needed');
      expect(textOf(found.filter(({ level }) => level === 'error'))).toEqual([]);
    } finally {
      await user.stop();
    }
  });

  test('an account without rights is told each of them', async () => {
    const user = await newUser(handle, namespace);
    try {
      const found = await checkAs(user.api);
      const missing = found.filter(({ reason }) => reason === 'RightMissing').map(({ message }) => message);
      for (const { verb, group, resource, subresource } of daemonRights('target')) {
        const name = `${resource}${group === '' ? '' : `.${group}`}${subresource === null ? '' : `/${subresource}`}`;
        const named = missing.filter((message) => message.endsWith(` ${name}`));
        expect(named, name).toHaveLength(1);
        expect(named[0]!.split(' may not ')[1]!.split(/,? /)).toContain(verb);
      }
    } finally {
      await user.stop();
    }
  });

  function checkAs(api: HubConnection['api']): Promise<readonly Finding[]> {
    const rights = neededRights('target', namespace, { kind: 'ourselves' });
    return checkCluster({ api, rights, targets: [], probe: null }, hub.clock);
  }
});

function look(hub: HubConnection, prefix: string): Promise<DoctorReport> {
  return examine(hub, {
    clusters: [],
    probe: `${prefix}-pool`,
    leaseName: 'tidegate',
    onDone: () => undefined,
  });
}

function reasonsOf(report: DoctorReport, kind: string): readonly string[] {
  return report.places
    .filter((place) => place.kind === kind)
    .flatMap(({ findings }) => findings.map(({ reason }) => reason));
}

function textOf(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ check, reason, message }) => `${check} ${reason}: ${message}`);
}

/** The lab has no traffic: each tenant is served well by one revision. */
const modelSource: MetricSource = {
  name: 'model',
  measure: async ({ rows }) => rows.map((row) => ({ ...row, revision: 'a', good: 99, total: 100, seen: null })),
};

function probeSource({ name }: MetricSourceSpec): MetricSourceProbe {
  return {
    name,
    serverTime: async () => instant(Date.now()),
    countSeries: async () => ({ all: 2, withTenant: 2, withRevision: 2 }),
  };
}
