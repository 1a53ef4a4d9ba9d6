import type { JsonObject } from '../domain/workload.ts';
import { shippedIn } from './shipped-objects.ts';

/** How the daemon is to run in the hub. */
export interface DaemonChoice {
  /** A reference with a tag or a digest. */
  readonly image: string;
  /** 1 or more; the second is there to take over. */
  readonly replicas: number;
  /** Whether the Prometheus operator is told of it. */
  readonly serviceMonitor: boolean;
}

/** Files below `deploy/`: what bounds the daemon is written before it runs. */
export const DAEMON_FILES: readonly string[] = ['hub/network.yaml', 'hub/deployment.yaml'];
export const SERVICE_MONITOR_FILE = 'hub/service-monitor.yaml';

/** What runs the daemon in its namespace, as `deploy/` has it. */
export function daemonObjects(namespace: string, choice: DaemonChoice): readonly JsonObject[] {
  const files = choice.serviceMonitor ? [...DAEMON_FILES, SERVICE_MONITOR_FILE] : DAEMON_FILES;
  return shippedIn(files, namespace).map((object) =>
    object['kind'] === 'Deployment' ? running(object, choice) : object,
  );
}

interface DeploymentSpec {
  readonly template: {
    readonly spec: { readonly containers: readonly JsonObject[] };
  };
}

function running(deployment: JsonObject, { image, replicas }: DaemonChoice): JsonObject {
  const spec = deployment['spec'] as unknown as DeploymentSpec;
  const { template } = spec;
  const containers = template.spec.containers.map((container) => ({ ...container, image }));
  const placed = { ...spec, replicas, template: { ...template, spec: { ...template.spec, containers } } };
  return { ...deployment, spec: placed };
}
