import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { BuiltLab } from './build.ts';
import { type Credentials, makeCredentials, writeKubeconfig } from './credentials.ts';
import { writeStages } from './kwok-stages.ts';
import { freePorts } from './ports.ts';
import { type PrometheusOptions, writePrometheusConfig } from './prometheus-config.ts';

/** Where the parts of one lab find the files and ports that all its clusters share. */
export interface LabLayout {
  /** Holds everything; removed when the lab stops. */
  readonly folder: string;
  readonly logFolder: string;
  /** One context a cluster. */
  readonly kubeconfigPath: string;
  readonly stagesPath: string;
  readonly auditPolicyPath: string;
  readonly prometheusConfigPath: string;
  readonly etcdPort: number;
  readonly etcdPeerPort: number;
  readonly prometheusPort: number;
  /** At least one. */
  readonly clusters: readonly ClusterLayout[];
}

/** Where the parts of one cluster find their files and each other. */
export interface ClusterLayout {
  readonly name: string;
  readonly kubeconfigPath: string;
  readonly auditLogPath: string;
  readonly credentials: Credentials;
  /** `https://127.0.0.1:…` */
  readonly server: string;
  readonly apiserverPort: number;
  readonly kwokPort: number;
}

/** Makes the folder of a lab, with every file its parts read. */
export async function makeLayout(
  built: BuiltLab,
  options: { readonly clusters: readonly string[]; readonly prometheus: PrometheusOptions | undefined },
): Promise<LabLayout> {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-lab-'));
  const [etcdPort = 0, etcdPeerPort = 0, prometheusPort = 0, ...ports] = await freePorts(
    3 + 2 * options.clusters.length,
  );
  const layout: LabLayout = {
    folder,
    logFolder: join(folder, 'logs'),
    kubeconfigPath: join(folder, 'kubeconfig'),
    stagesPath: join(folder, 'stages.yaml'),
    auditPolicyPath: join(folder, 'audit-policy.yaml'),
    prometheusConfigPath: join(folder, 'prometheus.yaml'),
    etcdPort,
    etcdPeerPort,
    prometheusPort,
    clusters: options.clusters.map((name, index) =>
      makeCluster(folder, name, ports[2 * index] ?? 0, ports[2 * index + 1] ?? 0),
    ),
  };
  mkdirSync(layout.logFolder);
  writeKubeconfig(layout.kubeconfigPath, layout.clusters);
  writeStages(built.stageFolder, layout.stagesPath);
  writeAuditPolicy(layout.auditPolicyPath);
  if (options.prometheus) writePrometheusConfig(layout.prometheusConfigPath, options.prometheus);
  return layout;
}

function makeCluster(labFolder: string, name: string, apiserverPort: number, kwokPort: number): ClusterLayout {
  const folder = join(labFolder, 'clusters', name);
  mkdirSync(folder, { recursive: true });
  const cluster: ClusterLayout = {
    name,
    kubeconfigPath: join(folder, 'kubeconfig'),
    auditLogPath: join(folder, 'audit.log'),
    credentials: makeCredentials(folder),
    server: `https://127.0.0.1:${apiserverPort}`,
    apiserverPort,
    kwokPort,
  };
  writeKubeconfig(cluster.kubeconfigPath, [cluster]);
  return cluster;
}

/** Every write to Argo's kinds with both bodies, and whatever a service account asks for: here nothing but what is tested logs in as one. */
function writeAuditPolicy(path: string): void {
  const writes = {
    level: 'RequestResponse',
    resources: [{ group: 'argoproj.io' }],
    verbs: ['create', 'update', 'patch', 'delete'],
  };
  const accounts = { level: 'Metadata', userGroups: ['system:serviceaccounts'] };
  const policy = {
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Policy',
    omitStages: ['RequestReceived'],
    rules: [writes, accounts, { level: 'None' }],
  };
  writeFileSync(path, stringify(policy, { version: '1.1' }));
}
