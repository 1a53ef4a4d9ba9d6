import { describe, expect, test } from 'vitest';
import { operationsRoutes } from '../../../src/api/operations-routes.ts';
import type { Telemetry } from '../../../src/api/telemetry.ts';
import { daemonObjects } from '../../../src/cli/installed-daemon.ts';
import { installedLabels, shippedObjects } from '../../../src/cli/shipped-objects.ts';
import type { JsonObject } from '../../../src/domain/workload.ts';
import { say } from '../cli/fake-context.ts';
import { byKey } from './installed-comparison.ts';

const IMAGE = 'registry.example/tidegate@sha256:'.padEnd(97, 'a');
const daemon = daemonObjects('gate', { image: IMAGE, replicas: 4, serviceMonitor: true });
const objects = byKey(daemon) as unknown as Readonly<
  Record<string, { readonly spec: Readonly<Record<string, unknown>> }>
>;
const deployment = objects['Deployment/tidegate'] as unknown as Deployment;
const pod = deployment.spec.template;
const container = pod.spec.containers[0]!;

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
}

interface Deployment {
  readonly spec: {
    readonly replicas: number;
    readonly selector: { readonly matchLabels: object };
    readonly template: {
      readonly metadata: { readonly labels: object };
      readonly spec: {
        readonly serviceAccountName: string;
        readonly terminationGracePeriodSeconds: number;
        readonly containers: readonly {
          readonly image: string;
          readonly args: readonly string[];
          readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
          readonly livenessProbe: Probe;
          readonly readinessProbe: Probe;
        }[];
      };
    };
  };
}

describe('the daemon that is shipped', () => {
  test('is in the namespace that was asked for, all of it, and nothing names another', () => {
    expect(daemon.map((object) => (object as unknown as Placed).metadata.namespace)).toEqual(daemon.map(() => 'gate'));
    expect(JSON.stringify(daemon)).not.toContain('tidegate-system');
  });

  test('runs the image and as many as were asked for', () => {
    expect(container.image).toBe(IMAGE);
    expect(deployment.spec.replicas).toBe(4);
    expect(JSON.stringify(daemon)).not.toContain('"IMAGE"');
  });

  test('is probed on paths that it serves, at the port that it listens on', () => {
    const paths = [...operationsRoutes({} as Telemetry).keys()];
    for (const probe of [container.livenessProbe, container.readinessProbe]) {
      expect(paths).toContain(probe.httpGet.path);
      expect(probe.httpGet.port).toBe(container.ports[0]!.name);
    }
    expect(container.args).toContain(`--listen=0.0.0.0:${container.ports[0]!.containerPort}`);
  });

  test('has arguments that the command line takes', async () => {
    const given = container.args.map((arg) => arg.replace('$(POD_NAMESPACE)', 'gate'));
    const said = await say(...given, '--help');
    expect(said.code).toBe(0);
    expect(said.stdout).toContain('Usage: tidegate daemon');
    for (const arg of container.args.slice(1)) expect(said.stdout).toContain(arg.split('=')[0]);
  });

  test('is selected, by Service, budget, network policy and monitor alike', () => {
    const { labels } = pod.metadata;
    const { selector, ports } = objects['Service/tidegate']!.spec;
    const service = daemon.find(({ kind }) => kind === 'Service') as unknown as Placed;
    expect(deployment.spec.selector.matchLabels).toEqual(labels);
    expect(selector).toEqual(labels);
    expect(objects['PodDisruptionBudget/tidegate']!.spec['selector']).toEqual({ matchLabels: labels });
    expect(objects['NetworkPolicy/tidegate']!.spec['podSelector']).toEqual({ matchLabels: labels });
    const monitor = objects['ServiceMonitor/tidegate']!.spec as unknown as Monitor;
    expect(service.metadata.labels).toMatchObject(monitor.selector.matchLabels);
    expect(ports).toMatchObject([{ name: monitor.endpoints[0]!.port, targetPort: container.ports[0]!.name }]);
  });

  test('runs under an account that the hub has, and has time to end', () => {
    expect(byKey(shippedObjects('hub', 'gate'))).toHaveProperty([`ServiceAccount/${pod.spec.serviceAccountName}`]);
    expect(pod.spec.terminationGracePeriodSeconds).toBeGreaterThan(10);
  });
});

describe('what is installed', () => {
  const all = (['hub', 'target'] as const).flatMap((role) => shippedObjects(role, 'gate'));

  test('carries the label that an upgrade finds it by', () => {
    const labels = [...all, ...daemon].map((object) => (object as unknown as Placed).metadata.labels);
    expect(labels).toEqual(labels.map(() => expect.objectContaining(installedLabels)));
  });

  test('is the same object where hub and target both have it: one cluster may be both', () => {
    const [hub, target] = [byKey(shippedObjects('hub', 'gate')), byKey(shippedObjects('target', 'gate'))];
    const shared = Object.keys(hub).filter((key) => key in target);
    expect(shared).toEqual(['Namespace/gate', 'ServiceAccount/tidegate']);
    for (const key of shared) expect(target[key], key).toEqual(hub[key]);
  });

  test('holds its namespace to restricted pods', () => {
    const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
    expect(byKey(all)['Namespace/gate']).toMatchObject({ metadata: { name: 'gate', labels } });
  });
});

interface Placed extends JsonObject {
  readonly metadata: { readonly namespace: string; readonly labels: Readonly<Record<string, string>> };
}

interface Monitor {
  readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
  readonly endpoints: readonly { readonly port: string }[];
}
