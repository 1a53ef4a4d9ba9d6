import { join } from 'node:path';
import type { ClusterLayout, LabLayout } from './layout.ts';
import type { RequestRate } from './request-rates.ts';

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

/** Command line of the API server: token file, RBAC, a self-signed certificate, a prefix of its own in the one etcd. */
export function apiserverParameters(lab: LabLayout, cluster: ClusterLayout, isAudited: boolean): string[] {
  const audit = isAudited
    ? [`--audit-policy-file=${lab.auditPolicyPath}`, `--audit-log-path=${cluster.auditLogPath}`]
    : [];
  return [
    `--etcd-servers=http://127.0.0.1:${lab.etcdPort}`,
    `--etcd-prefix=/${cluster.name}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--secure-port=${cluster.apiserverPort}`,
    `--cert-dir=${cluster.credentials.certificateFolder}`,
    `--token-auth-file=${cluster.credentials.tokenPath}`,
    '--authorization-mode=RBAC',
    '--endpoint-reconciler-type=none',
    '--service-cluster-ip-range=10.96.0.0/16',
    '--service-account-issuer=https://lab.invalid',
    `--service-account-key-file=${cluster.credentials.serviceAccountPublicKeyPath}`,
    `--service-account-signing-key-file=${cluster.credentials.serviceAccountKeyPath}`,
    '--allow-privileged',
    ...audit,
  ];
}

/** Command line of the controller-manager. */
export function controllerManagerParameters(cluster: ClusterLayout, rate: RequestRate): string[] {
  return [
    `--kubeconfig=${cluster.kubeconfigPath}`,
    `--service-account-private-key-file=${cluster.credentials.serviceAccountKeyPath}`,
    `--root-ca-file=${cluster.credentials.caPath}`,
    '--leader-elect=false',
    '--secure-port=0',
    // A node that was silent for 40 s has its pods marked as not ready, and kwok, unlike a kubelet, never says otherwise: so it would be
    // whenever the API server is away for a minute.
    '--node-monitor-grace-period=1h',
    `--kube-api-qps=${rate.qps}`,
    `--kube-api-burst=${rate.burst}`,
  ];
}

/** Command line of the scheduler. */
export function schedulerParameters(cluster: ClusterLayout, rate: RequestRate): string[] {
  return [
    `--kubeconfig=${cluster.kubeconfigPath}`,
    '--leader-elect=false',
    '--secure-port=0',
    `--kube-api-qps=${rate.qps}`,
    `--kube-api-burst=${rate.burst}`,
  ];
}

/** Command line of kwok, which plays the kubelet of every node. */
export function kwokParameters(lab: LabLayout, cluster: ClusterLayout): string[] {
  return [
    `--kubeconfig=${cluster.kubeconfigPath}`,
    `--config=${lab.stagesPath}`,
    '--manage-all-nodes',
    '--node-ip=127.0.0.1',
    // Without a lease the node counts as lost after 40 s, and all its pods as not ready.
    '--node-lease-duration-seconds=40',
    `--server-address=127.0.0.1:${cluster.kwokPort}`,
  ];
}

/**
 * Command line of the Argo Rollouts controller.
 * Its metrics and health servers can listen on all interfaces only; an impossible port keeps both off, the controller logs that and goes on.
 */
export function argoParameters(cluster: ClusterLayout, rate: RequestRate): string[] {
  return [
    `--kubeconfig=${cluster.kubeconfigPath}`,
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
