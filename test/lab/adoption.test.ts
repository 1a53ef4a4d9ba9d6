import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { kubectl } from '../../lab/kubectl.ts';
import { readStatus } from '../../src/adapters/hub/hub-store.ts';
import type { TargetAdoption } from '../../src/cli/adopt/fleet-lines.ts';
import type { NextStep } from '../../src/cli/adopt/next-steps.ts';
import { applyDeclarations, prepareHub } from '../../src/cli/seed-world.ts';
import { FINAL_PHASES, type ReleaseStatus } from '../../src/domain/release-status.ts';
import type { JsonObject } from '../../src/domain/workload.ts';
import { kinds } from '../../src/ports/kinds.ts';
import type { KubernetesObject } from '../../src/ports/kubernetes-api.ts';
import { projectRollout } from '../../src/release/observed-target.ts';
import { lastJson, say } from '../unit/cli/fake-context.ts';
import { autoscaler, deployment, SCALED_PODS } from './adoption/deployed.ts';
import {
  CLUSTER,
  fleetFile,
  foreignRollout,
  imageOf,
  type Maker,
  modelSource,
  ROLLOUT,
  releaseObject,
  TENANTS,
  WORKLOAD,
} from './adoption/foreign-fleet.ts';
import { type ConnectedLab, connectLab, untilServed } from './connected-lab.ts';
import { type MortalDaemon, startMortalDaemon } from './release/mortal-daemon.ts';

const lab = inject('lab');
const run = promisify(execFile);

const LIMIT_MS = 150_000;

interface Spec {
  readonly replicas: number;
  readonly template: { readonly spec: { readonly containers: readonly { readonly name: string; image: string }[] } };
}

describe.skipIf(lab === null)('Rollouts that others made, against the real thing', () => {
  let connected: ConnectedLab;
  let hubNamespace: string;
  let folder: string;
  let daemon: MortalDaemon | null = null;
  const namespaces = new Map<Maker, string>();
  const namespaceOf = (maker: Maker): string => namespaces.get(maker) ?? '';
  /** Whole specs as their makers left them. */
  const made = new Map<Maker, Spec>();

  beforeAll(async () => {
    connected = await connectLab(lab, CLUSTER);
    folder = await mkdtemp(join(tmpdir(), 'tidegate-adopt-'));
    const { api } = connected;
    hubNamespace = await connected.namespace('adopt-hub');
    for (const maker of TENANTS) namespaces.set(maker, await connected.namespace(`adopt-${maker}`));
    await prepareHub(api, hubNamespace);
    for (const kind of Object.values(kinds).filter(({ group }) => group === 'tidegate.dev'))
      await untilServed(api, kind);
    await applyDeclarations(api, hubNamespace, [fleetFile(namespaceOf)], (object) => object);
    await makeThem();
    await until('what they made is healthy, and scaled', async () => {
      const all = await Promise.all(TENANTS.map(async (maker) => projectRollout(await live(maker))));
      return (
        all.every(({ phase, isObserved }) => phase === 'Healthy' && isObserved) &&
        (await pods('kubectl')) === SCALED_PODS
      );
    });
    for (const maker of TENANTS) made.set(maker, await spec(maker));
    const source = modelSource(api, namespaceOf);
    const { clock } = connected;
    daemon = startMortalDaemon({ identity: 'adopter', namespace: hubNamespace, clock, api, source, report: () => {} });
  });

  afterAll(async () => {
    await daemon?.stop();
    await connected.api.close();
    await rm(folder, { recursive: true });
  });

  /** By the real kubectl, by another's server-side apply, by a create; and a real autoscaler that owns the pods of the first. */
  async function makeThem(): Promise<void> {
    const { api } = connected;
    await kube(['apply', '-f', '-'], foreignRollout('kubectl', namespaceOf('kubectl')));
    await kube(['apply', '-f', '-'], autoscaler(namespaceOf('kubectl'), 'argoproj.io/v1alpha1', 'Rollout'));
    const argocd = foreignRollout('argocd', namespaceOf('argocd'));
    await api.apply(argocd, kinds.rollout, { fieldManager: 'argocd-controller', force: true });
    await api.create(foreignRollout('helm', namespaceOf('helm')), kinds.rollout, { fieldManager: 'helm' });
  }

  test('are refused by name before they are adopted, and nothing is touched', async () => {
    await start('too-early', '1');
    const isRefused = ({ waitingFor }: ReleaseStatus) => waitingFor.some(({ reason }) => reason === 'PreflightFailed');
    const { waitingFor } = await untilStatus('too-early', isRefused);
    const said = waitingFor.map(({ message }) => message).join();
    expect(said).toMatch(/owned by (kubectl-client-side-apply|argocd-controller|helm), which may put it back/);
    expect(said).toContain('(and 1 more)');
    expect((await adopt()).outcomes).toEqual(['adoptable', 'adoptable', 'adoptable']);
    for (const maker of TENANTS) expect(await spec(maker)).toEqual(made.get(maker));
    await connected.api.delete({ kind: kinds.release, namespace: hubNamespace, name: 'too-early' });
  });

  test('are adopted, all of a workload at once, and nothing moves', async () => {
    const before = new Map(await Promise.all(TENANTS.map(async (maker) => [maker, await podUids(maker)] as const)));
    expect(await adopt('--prove')).toEqual({ code: 0, outcomes: ['proven', 'proven', 'proven'] });
    for (const maker of TENANTS) {
      expect(await spec(maker)).toEqual(made.get(maker));
      expect(await podUids(maker)).toEqual(before.get(maker));
    }
  });

  test('a bad release is taken back to exactly what their makers had written', async () => {
    await start('bad', 'b');
    await until('the first ones have it', async () => {
      const { image, images, currentHash, stableHash } = projectRollout(await live('helm'));
      return image === 'side:v1' && images['app'] === imageOf('b') && currentHash === stableHash;
    });
    expect((await untilEnded('bad')).phase).toBe('RolledBack');
    for (const maker of TENANTS) expect(await spec(maker)).toEqual(made.get(maker));
    expect(await pods('kubectl')).toBe(SCALED_PODS);
  });

  test('a good release changes the image, and nothing else is left behind', async () => {
    await start('good', '2');
    expect((await untilEnded('good')).phase).toBe('Completed');
    await until('everybody has their own steps again', async () => {
      for (const maker of TENANTS)
        if (JSON.stringify(await spec(maker)) !== JSON.stringify(withImage(made.get(maker)!, imageOf('2'))))
          return false;
      return true;
    });
    expect((await adopt()).outcomes).toEqual(['adopted', 'adopted', 'adopted']);
  });

  test('a writer who comes back is refused by name, with the remedy', async () => {
    const theirs = foreignRollout('argocd', namespaceOf('argocd'), '2');
    await connected.api.apply(theirs, kinds.rollout, { fieldManager: 'argocd-controller', force: true });
    await until('their change has landed', async () => {
      const { phase, isObserved, image, currentHash, stableHash } = projectRollout(await live('argocd'));
      return isObserved && phase === 'Healthy' && image === 'side:v1' && currentHash === stableHash;
    });
    await start('unwelcome', '3');
    const status = await untilStatus('unwelcome', ({ waitingFor }) =>
      waitingFor.some(({ message }) => message.includes('argocd-controller')),
    );
    const said = JSON.stringify(status.waitingFor);
    expect(said).toContain('argocd-controller has written it since it was adopted');
    expect(said).toContain('managedFieldsManagers: [tidegate]');
    expect(said).toContain('RespectIgnoreDifferences=true');
    await connected.api.delete({ kind: kinds.release, namespace: hubNamespace, name: 'unwelcome' });
  });

  test('a Deployment goes the way that is printed for it, and no pod of the Rollout moves', async () => {
    const namespace = await connected.namespace('adopt-deployment');
    await kube(['apply', '-f', '-'], deployment(namespace));
    await kube(['apply', '-f', '-'], autoscaler(namespace, 'apps/v1', 'Deployment'));
    await kube(['-n', namespace, 'wait', `deployment/${ROLLOUT}`, '--for=condition=Available', '--timeout=60s']);
    const printed = await cli('adopt', ROLLOUT, '-n', namespace);
    expect(printed).toMatchObject({ code: 50, answer: { outcome: 'refused' } });
    await writeFile(join(folder, 'rollout.yaml'), JSON.stringify(printed.answer.document));
    let uids: unknown = null;
    for (const { command } of printed.answer.next) {
      if (command === null) continue;
      if (!command.startsWith('tidegate ')) {
        await shell(command);
        continue;
      }
      await until('the Deployment has no pods', async () => (await podNames(namespace)).length === SCALED_PODS);
      uids = await podNames(namespace);
      expect((await cli(...command.split(' ').slice(1))).answer).toMatchObject({ outcome: 'proven' });
      expect(await podNames(namespace)).toEqual(uids);
    }
    expect(uids).not.toBeNull();
    await sleep(2_000);
    expect(await podNames(namespace)).toEqual(uids);
    const after = await connected.api.get({ kind: kinds.rollout, namespace, name: ROLLOUT });
    expect(after?.['spec']).not.toHaveProperty('workloadRef');
    expect(after?.['spec']).toMatchObject({ template: { spec: { containers: [{ name: 'side' }, { name: 'app' }] } } });
    expect((await cli('adopt', ROLLOUT, '-n', namespace, '--container', 'app')).answer.outcome).toBe('adopted');
  });

  test('a blue-green one is refused by name', async () => {
    const namespace = await connected.namespace('adopt-blue-green');
    const canary = foreignRollout('helm', namespace);
    const strategy = { blueGreen: { activeService: 'active' } };
    const blueGreen = { ...canary, spec: { ...(canary['spec'] as object), strategy } };
    await kube(['create', '-f', '-'], blueGreen);
    const { code, answer } = await cli('adopt', ROLLOUT, '-n', namespace, '--container', 'app', '--prove');
    expect({ code, reasons: answer.findings.map(({ reason }) => reason) }).toEqual({
      code: 50,
      reasons: ['BlueGreen'],
    });
  });

  const kube = (parameters: readonly string[], input?: object): Promise<string> =>
    kubectl(lab!.kubectlPath, lab!.kubeconfigPath, parameters, input);

  async function shell(command: string): Promise<void> {
    const PATH = `${dirname(lab!.kubectlPath)}${delimiter}${process.env['PATH']}`;
    await run('sh', ['-c', command], { cwd: folder, env: { ...process.env, PATH, KUBECONFIG: lab!.kubeconfigPath } });
  }

  /** A command line of ours, against the lab. */
  async function cli(...args: readonly string[]) {
    const { code, stdout } = await say(...args, '--kubeconfig', lab!.kubeconfigPath, '-o', 'json');
    return {
      code,
      answer: lastJson(stdout) as {
        readonly outcome: string;
        readonly findings: readonly { readonly reason: string }[];
        readonly document: JsonObject;
        readonly next: readonly NextStep[];
      },
    };
  }

  /** All of the workload, by our command line with the lab as hub and cluster. */
  async function adopt(...flags: readonly string[]) {
    const hub = ['-n', hubNamespace, '--kubeconfig', lab!.kubeconfigPath];
    const { code, stdout } = await say('adopt', '--workload', WORKLOAD, ...hub, ...flags, '-o', 'json');
    const { targets } = lastJson(stdout) as { readonly targets: readonly TargetAdoption[] };
    return { code, outcomes: targets.map(({ outcome }) => outcome) };
  }

  async function live(maker: Maker): Promise<KubernetesObject> {
    const found = await connected.api.get({ kind: kinds.rollout, namespace: namespaceOf(maker), name: ROLLOUT });
    return found!;
  }

  async function spec(maker: Maker): Promise<Spec> {
    return (await live(maker))['spec'] as Spec;
  }

  const pods = async (maker: Maker): Promise<number> => (await podNames(namespaceOf(maker))).length;
  const podUids = (maker: Maker) => podNames(namespaceOf(maker));

  /** Pods that are not on their way out, with their uids. */
  async function podNames(namespace: string): Promise<readonly string[]> {
    const { items } = await connected.api.list(kinds.pod, { namespace });
    return items
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .map(({ metadata }) => `${metadata.name} ${metadata.uid}`)
      .sort();
  }

  async function start(name: string, digit: string): Promise<void> {
    await connected.api.create(releaseObject(name, hubNamespace, digit), kinds.release, { fieldManager: 'kubectl' });
  }

  async function untilStatus(name: string, wanted: (status: ReleaseStatus) => boolean): Promise<ReleaseStatus> {
    let last: ReleaseStatus | null = null;
    await until(`release ${name} is as wanted`, async () => {
      const found = await connected.api.get({ kind: kinds.release, namespace: hubNamespace, name });
      last = readStatus(found?.['status']);
      if (last !== null && FINAL_PHASES.has(last.phase) && !wanted(last))
        throw new Error(`release ${name} ended as ${last.phase}: ${last.message}; ${JSON.stringify(last.timeline)}`);
      return last !== null && wanted(last);
    });
    return last!;
  }

  const untilEnded = (name: string) => untilStatus(name, ({ phase }) => FINAL_PHASES.has(phase));
});

/** The spec with another image in the container that is released. */
function withImage(spec: Spec, image: string): Spec {
  const containers = spec.template.spec.containers.map((one) => (one.name === 'app' ? { ...one, image } : one));
  return { ...spec, template: { ...spec.template, spec: { ...spec.template.spec, containers } } };
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const limitAtMs = performance.now() + LIMIT_MS;
  while (!(await holds())) {
    if (performance.now() > limitAtMs) throw new Error(`not within ${LIMIT_MS} ms: ${what}`);
    await sleep(200);
  }
}
