import type { Lab } from '../../../lab/lab.ts';
import { kinds } from '../../../src/ports/kinds.ts';
import type { KubernetesApi } from '../../../src/ports/kubernetes-api.ts';
import { processCpuMs } from '../world/process-cpu.ts';

/** What the processes of a lab, and this one, have used so far. */
export interface LabUsage {
  /** By program, ms. */
  readonly cpuMs: Readonly<Record<string, number>>;
  /** Writes in etcd since it began. */
  readonly writes: number;
}

/** Looks at a lab. */
export async function labUsage(lab: Lab, api: KubernetesApi): Promise<LabUsage> {
  const { prometheus, etcd, apiserver, argo, controllerManager } = lab;
  const parts = { prometheus, etcd, apiserver, controller: argo, 'controller-manager': controllerManager };
  const cpuMs = Object.fromEntries(
    Object.entries(parts).map(([name, { pid }]) => [name, pid === undefined ? 0 : processCpuMs(pid)]),
  );
  const { user, system } = process.cpuUsage();
  // etcd counts its writes in the revision, which a list carries
  const { resourceVersion } = await api.list(kinds.analysisRun, { namespace: null, limit: 1 });
  return { cpuMs: { ...cpuMs, own: (user + system) / 1000 }, writes: Number(resourceVersion) };
}

/** What was used from one look to another. */
export function usedBetween(before: LabUsage, after: LabUsage): LabUsage {
  const cpuMs = Object.entries(after.cpuMs).map(([name, ms]) => [name, ms - (before.cpuMs[name] ?? 0)] as const);
  return { cpuMs: Object.fromEntries(cpuMs), writes: after.writes - before.writes };
}

/** What was used beyond what the lab uses by itself; nothing is less than 0. */
export function beyondIdle(used: LabUsage, idle: LabUsage, share: number): LabUsage {
  const cpuMs = Object.entries(used.cpuMs).map(
    ([name, ms]) => [name, Math.max(0, ms - (idle.cpuMs[name] ?? 0) * share)] as const,
  );
  return { cpuMs: Object.fromEntries(cpuMs), writes: Math.max(0, used.writes - Math.ceil(idle.writes * share)) };
}

/** Of all processes, ms. */
export function totalCpuMs({ cpuMs }: LabUsage): number {
  return Object.values(cpuMs).reduce((sum, ms) => sum + ms, 0);
}
