import type { Inventory } from '../../config/inventory.ts';
import type { Plan } from '../../domain/plan.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ClusterObjects } from '../../sandbox/traffic/cluster-objects.ts';
import type { Traffic } from '../../sandbox/traffic/traffic.ts';

/** Where the story can be played. */
export const worldNames = ['sandbox', 'lab'] as const;
export type WorldName = (typeof worldNames)[number];

/** A context of a kubeconfig. */
export interface Access {
  readonly kubeconfigPath: string;
  readonly context: string;
}

/** A fleet at its first version, with customers who ask and a real Prometheus that measures. */
export interface DemoWorld {
  readonly name: WorldName;
  /** How a person reaches the hub. */
  readonly access: Access;
  /** Name of the cluster that is the hub. */
  readonly hub: string;
  readonly clusters: readonly string[];
  /** A cluster's objects, seen without asking Tidegate. */
  objects(cluster: string): ClusterObjects;
  readonly inventory: Inventory;
  /** The plans by which the first version was deployed, one a workload. */
  readonly baseline: readonly Plan[];
  /** Folder of the files of the releases, each named after its release. */
  readonly releasesFolder: string;
  /** Who was served what, bad responses included. */
  readonly traffic: Traffic;
  readonly clock: Clock;
  /** `null`: there is none that could be stopped. */
  readonly prometheusPid: (() => number) | null;
  /** No release takes longer, whatever goes wrong. */
  readonly releaseDeadlineMs: number;
  /** For what ought to be seen within a few seconds. */
  readonly patienceMs: number;
  /** What others than Tidegate see at the end. */
  witnesses(): Promise<readonly ClusterWitness[]>;
  stop(): Promise<void>;
}

/** What `kubectl` says of a cluster at the end. */
export interface ClusterWitness {
  readonly cluster: string;
  /** Rollouts of the story's workload. */
  readonly rollouts: number;
  readonly healthy: number;
  /** Image → pods that run it; pods that are about to go do not count. */
  readonly podsByImage: Readonly<Record<string, number>>;
}

/** How a world is opened. */
export interface WorldWish {
  readonly isQuick: boolean;
  readonly prometheusBin: string | undefined;
  /** Namespace of Tidegate's objects in the hub. */
  readonly namespace: string;
  /** Folder that may be written to. */
  readonly dir: string;
  readonly signal: AbortSignal;
  /** Progress, one line each. */
  readonly log: (line: string) => void;
  /** Called once everything is declared and the first version is on its way, before anybody waits for it. */
  readonly whenSeeded: (daemon: DaemonAccess) => void;
}

/** How the daemon reaches the hub, and how soon a dead one may be replaced. */
export interface DaemonAccess extends Access {
  /** As `tidegate daemon` takes it. */
  readonly lease: string;
}
