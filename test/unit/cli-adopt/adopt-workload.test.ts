import { beforeEach, describe, expect, it } from 'vitest';
import { adoptWorkload } from '../../../src/cli/adopt/adopt-workload.ts';
import { fleetLines, type TargetAdoption } from '../../../src/cli/adopt/fleet-lines.ts';
import { checkDeclarations, writeDeclarations } from '../../../src/cli/declarations.ts';
import { install, installedObjects } from '../../../src/cli/installed-objects.ts';
import { InvalidInput, TerminalError } from '../../../src/domain/errors.ts';
import { kinds } from '../../../src/ports/kinds.ts';
import type { KubernetesApi } from '../../../src/ports/kubernetes-api.ts';
import { adoptedBy } from '../../../src/release/ownership.ts';
import { createVirtualClock } from '../../../src/sandbox/clock/virtual-clock.ts';
import { createWorld, type World } from '../../../src/sandbox/world.ts';
import { createNamespace } from '../sandbox/one-rollout.ts';
import { inTime } from './an-adoption.ts';

const NAMESPACE = 'tidegate-system';
const DECLARED = `
apiVersion: tidegate.dev/v1alpha1
kind: MetricSource
metadata: { name: prom }
spec: { url: "http://127.0.0.1:9090", labels: { tenant: tenant_id } }
---
${['eu', 'us'].map((name) => `apiVersion: tidegate.dev/v1alpha1\nkind: Cluster\nmetadata: { name: ${name} }\nspec: { access: { context: ${name} }, metrics: prom }`).join('\n---\n')}
---
${[
  ['acme', 'business', 'eu'],
  ['globex', 'business', 'eu'],
  ['hooli', 'free', 'us'],
]
  .map(
    ([name, tier, cluster]) =>
      `apiVersion: tidegate.dev/v1alpha1\nkind: Tenant\nmetadata: { name: ${name} }\nspec: { tier: ${tier}, placements: [{ cluster: ${cluster}, namespace: ${name} }]${name === 'globex' ? ', hold: { version: "1", reason: freeze }' : ''} }`,
  )
  .join('\n---\n')}
---
apiVersion: tidegate.dev/v1alpha1
kind: Workload
metadata: { name: shop }
spec:
  source: { existing: { rollout: web, containers: { app: image } } }
  slos: [{ name: a, good: b, total: c, objective: { default: "0.9" } }]
`;

const said: string[] = [];
let answer: { readonly targets?: readonly TargetAdoption[] };
const output = {
  format: 'json' as const,
  line: (text: string) => void said.push(text),
  note: () => {},
  answer: (value: unknown) => {
    answer = value as typeof answer;
  },
};

let clock: ReturnType<typeof createVirtualClock>;
let world: World;
let mayListPods = true;

beforeEach(async () => {
  said.length = 0;
  mayListPods = true;
  answer = {};
  clock = createVirtualClock();
  world = createWorld({ clusters: ['hub', 'eu', 'us'], replicas: { readiness: { otherwise: 20 } }, clock });
  world.start();
  const api = world.api('hub');
  await install(api, clock, installedObjects(NAMESPACE));
  const { changes } = await checkDeclarations(api, NAMESPACE, [{ path: 'declared.yaml', text: DECLARED }]);
  await writeDeclarations(api, changes);
  await makeRollout('eu', 'acme', 3);
  await makeRollout('eu', 'globex', 2);
  await makeRollout('us', 'hooli', 5);
  await clock.advance(10_000);
});

async function makeRollout(cluster: string, namespace: string, replicas: number): Promise<void> {
  createNamespace(world.store(cluster), namespace);
  const labels = { app: 'web' };
  const spec = {
    replicas,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'app', image: 'app:v1' }] } },
    strategy: { canary: { steps: [{ setWeight: 20 }, { pause: {} }] } },
  };
  const made = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', metadata: { name: 'web', namespace }, spec };
  await world.api(cluster).create(made, kinds.rollout, { fieldManager: 'helm' });
}

/** The sandbox serves no Deployments; pods are listed as far as one may. */
function asSeen(api: KubernetesApi): KubernetesApi {
  return {
    ...api,
    get: (ref) => (ref.kind.kind === 'Deployment' ? Promise.resolve(undefined) : api.get(ref)),
    list(kind, options) {
      if (kind.kind === 'Pod' && !mayListPods) return Promise.reject(new TerminalError('pods is forbidden'));
      return api.list(kind, options);
    },
  };
}

function adopt(isProven: boolean, name = 'shop') {
  const hub = {
    api: world.api('hub'),
    namespace: NAMESPACE,
    clock,
    connectCluster: (cluster: { readonly name: string }) => asSeen(world.api(cluster.name)),
  };
  return inTime({ clock }, adoptWorkload(hub, name, { isProven, signal: new AbortController().signal, output }));
}

const outcomes = () => Object.fromEntries((answer.targets ?? []).map(({ target, outcome }) => [target, outcome]));
const adoptedIn = (cluster: string, namespace: string) =>
  adoptedBy(world.store(cluster).get({ kind: kinds.rollout, namespace, name: 'web' }));

describe('adopting a workload', () => {
  it('looks at every target, held tenants too, and says one trouble once', async () => {
    expect(await adopt(false)).toBe(0);
    expect(outcomes()).toEqual({
      'eu/acme/web': 'adoptable',
      'eu/globex/web': 'adoptable',
      'us/hooli/web': 'adoptable',
    });
    expect(said.filter((line) => line.includes('NotAdopted'))).toEqual([
      expect.stringMatching(/owned by helm.*tidegate adopt --workload shop --prove \(eu\/acme\/web and 2 more\)$/),
    ]);
    expect(said.at(-1)).toBe(
      "the workload's source.existing.replicas should be { business: 2, free: 5 }: steps are planned by it",
    );
    expect(adoptedIn('eu', 'acme')).toBeNull();
  });

  it('proves all of them, and finds them adopted after', async () => {
    expect(await adopt(true)).toBe(0);
    expect(new Set(Object.values(outcomes()))).toEqual(new Set(['proven']));
    expect(adoptedIn('us', 'hooli')).toBe('shop');
    expect(await adopt(false)).toBe(0);
    expect(new Set(Object.values(outcomes()))).toEqual(new Set(['adopted']));
  });

  it('is refused where one target is not there or not reached, and the others are adopted', async () => {
    await world.api('eu').delete({ kind: kinds.rollout, namespace: 'acme', name: 'web' });
    world.setReachable('us', false);
    expect(await adopt(true)).toBe(50);
    expect(outcomes()).toEqual({ 'eu/acme/web': 'refused', 'eu/globex/web': 'proven', 'us/hooli/web': 'unreachable' });
    expect(said.some((line) => line.includes('NotFound: there is no Rollout web (eu/acme/web)'))).toBe(true);
  });

  it('is refused where it may not look at pods, and says so by name', async () => {
    mayListPods = false;
    expect(await adopt(true)).toBe(50);
    expect(new Set(Object.values(outcomes()))).toEqual(new Set(['refused']));
    expect(said.filter((line) => line.includes('NotAllowed: pods is forbidden'))).toHaveLength(1);
    expect(adoptedIn('eu', 'acme')).toBeNull();
  });

  it('knows the workloads of the hub', async () => {
    await expect(adopt(false, 'shopp')).rejects.toThrow(InvalidInput);
    await expect(adopt(false, 'shopp')).rejects.toThrow(/no workload "shopp".*shop/);
  });
});

describe('the pods of a fleet', () => {
  const target = { target: 't', tier: 'free', outcome: 'adopted', replicas: 4, findings: [] } as const;

  it.each([
    [{ free: 4 }, 2],
    [{ default: 4 }, 2],
    [{ free: 3 }, 3],
    [null, 3],
  ])('declared as %j make %i lines', (declared, lines) => {
    expect(fleetLines([target], declared)).toHaveLength(lines);
  });
});
