import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { BuiltLab } from './build.ts';
import { type Credentials, makeCredentials, writeKubeconfig } from './credentials.ts';
import { writeStages } from './kwok-stages.ts';
import { freePort } from './ports.ts';
import { type PrometheusOptions, writePrometheusConfig } from './prometheus-config.ts';

/** Where the parts of one lab find their files and each other. */
export interface LabLayout {
  /** Holds everything below; removed when the lab stops. */
  readonly folder: string;
  readonly logFolder: string;
  readonly kubeconfigPath: string;
  readonly stagesPath: string;
  readonly auditPolicyPath: string;
  readonly auditLogPath: string;
  readonly prometheusConfigPath: string;
  readonly credentials: Credentials;
  /** `https://127.0.0.1:…` */
  readonly server: string;
  readonly etcdPort: number;
  readonly etcdPeerPort: number;
  readonly apiserverPort: number;
  readonly kwokPort: number;
  readonly prometheusPort: number;
}

/** Makes the folder of a lab, with every file its parts read. */
export async function makeLayout(built: BuiltLab, prometheus: PrometheusOptions | undefined): Promise<LabLayout> {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-lab-'));
  const apiserverPort = await freePort();
  const layout: LabLayout = {
    folder,
    logFolder: join(folder, 'logs'),
    kubeconfigPath: join(folder, 'kubeconfig'),
    stagesPath: join(folder, 'stages.yaml'),
    auditPolicyPath: join(folder, 'audit-policy.yaml'),
    auditLogPath: join(folder, 'audit.log'),
    prometheusConfigPath: join(folder, 'prometheus.yaml'),
    credentials: makeCredentials(folder),
    server: `https://127.0.0.1:${apiserverPort}`,
    etcdPort: await freePort(),
    etcdPeerPort: await freePort(),
    apiserverPort,
    kwokPort: await freePort(),
    prometheusPort: await freePort(),
  };
  mkdirSync(layout.logFolder);
  writeKubeconfig(layout.kubeconfigPath, { ...layout.credentials, server: layout.server });
  writeStages(built.stageFolder, layout.stagesPath);
  writeAuditPolicy(layout.auditPolicyPath);
  if (prometheus) writePrometheusConfig(layout.prometheusConfigPath, prometheus);
  return layout;
}

/** Every write to Argo's kinds with both bodies, nothing else. */
function writeAuditPolicy(path: string): void {
  const writes = {
    level: 'RequestResponse',
    resources: [{ group: 'argoproj.io' }],
    verbs: ['create', 'update', 'patch', 'delete'],
  };
  const policy = {
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Policy',
    omitStages: ['RequestReceived'],
    rules: [writes, { level: 'None' }],
  };
  writeFileSync(path, stringify(policy, { version: '1.1' }));
}
