import type { JsonObject, WorkloadPort } from '../domain/workload.ts';
import { selectorLabels } from './labels.ts';

/** The one Service of a workload in a namespace, old and new pods behind it; `null` for a workload without ports. */
export function service(
  workload: string,
  name: string,
  namespace: string,
  ports: readonly WorkloadPort[],
): JsonObject | null {
  if (ports.length === 0) return null;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: {
      ports: ports.map((port) => ({
        name: port.name,
        port: port.port,
        protocol: 'TCP',
        targetPort: port.targetPort,
      })),
      selector: selectorLabels(workload),
    },
  };
}
