import { join } from 'node:path';
import type { LabLayout } from './layout.ts';

/** Requests per second and burst that a controller allows itself towards the API server. */
export interface RequestRate {
  readonly qps: number;
  readonly burst: number;
}

/** Command line of etcd: loopback, and no fsync, for nothing in a lab outlives it. */
export function etcdParameters(lab: LabLayout): string[] {
  const clientUrl = `http://127.0.0.1:${lab.etcdPort}`;
  const peerUrl = `http://127.0.0.1:${lab.etcdPeerPort}`;
  return [
    '--name=lab',
    `--data-dir=${join(lab.folder, 'etcd')}`,
    `--listen-client-urls=${clientUrl}`,
    `--advertise-client-urls=${clientUrl}`,
    `--listen-peer-urls=${peerUrl}`,
    `--initial-advertise-peer-urls=${peerUrl}`,
    `--initial-cluster=lab=${peerUrl}`,
    '--unsafe-no-fsync',
    '--log-level=warn',
  ];
}

/** Command line of the API server: token file, RBAC, a self-signed certificate. */
export function apiserverParameters(lab: LabLayout, isAudited: boolean): string[] {
  const audit = isAudited ? [`--audit-policy-file=${lab.auditPolicyPath}`, `--audit-log-path=${lab.auditLogPath}`] : [];
  return [
    `--etcd-servers=http://127.0.0.1:${lab.etcdPort}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--secure-port=${lab.apiserverPort}`,
    `--cert-dir=${lab.credentials.certificateFolder}`,
    `--token-auth-file=${lab.credentials.tokenPath}`,
    '--authorization-mode=RBAC',
    '--endpoint-reconciler-type=none',
    '--service-cluster-ip-range=10.96.0.0/16',
    '--service-account-issuer=https://lab.invalid',
    `--service-account-key-file=${lab.credentials.serviceAccountPublicKeyPath}`,
    `--service-account-signing-key-file=${lab.credentials.serviceAccountKeyPath}`,
    '--allow-privileged',
    ...audit,
  ];
}

/** Command line of the controller-manager. */
export function controllerManagerParameters(lab: LabLayout, rate: RequestRate): string[] {
  return [
    `--kubeconfig=${lab.kubeconfigPath}`,
    `--service-account-private-key-file=${lab.credentials.serviceAccountKeyPath}`,
    `--root-ca-file=${lab.credentials.caPath}`,
    '--leader-elect=false',
    '--secure-port=0',
    `--kube-api-qps=${rate.qps}`,
    `--kube-api-burst=${rate.burst}`,
  ];
}

/** Command line of the scheduler. */
export function schedulerParameters(lab: LabLayout): string[] {
  return [
    `--kubeconfig=${lab.kubeconfigPath}`,
    '--leader-elect=false',
    '--secure-port=0',
    '--kube-api-qps=200',
    '--kube-api-burst=400',
  ];
}

/** Command line of kwok, which plays the kubelet of every node. */
export function kwokParameters(lab: LabLayout): string[] {
  return [
    `--kubeconfig=${lab.kubeconfigPath}`,
    `--config=${lab.stagesPath}`,
    '--manage-all-nodes',
    '--node-ip=127.0.0.1',
    // Without a lease the node counts as lost after 40 s, and all its pods as not ready.
    '--node-lease-duration-seconds=40',
    `--server-address=127.0.0.1:${lab.kwokPort}`,
  ];
}

/**
 * Command line of the Argo Rollouts controller.
 * Its metrics and health servers can listen on all interfaces only; an impossible port keeps both off, the controller logs that and goes on.
 */
export function argoParameters(lab: LabLayout, rate: RequestRate): string[] {
  return [
    `--kubeconfig=${lab.kubeconfigPath}`,
    '--leader-elect=false',
    '--metricsPort=-1',
    '--healthzPort=-1',
    `--qps=${rate.qps}`,
    `--burst=${rate.burst}`,
  ];
}

/** Command line of Prometheus. */
export function prometheusParameters(lab: LabLayout): string[] {
  return [
    `--config.file=${lab.prometheusConfigPath}`,
    `--storage.tsdb.path=${join(lab.folder, 'prometheus')}`,
    `--web.listen-address=127.0.0.1:${lab.prometheusPort}`,
    '--web.enable-remote-write-receiver',
    '--storage.tsdb.no-lockfile',
  ];
}
