import { stringify } from 'yaml';

/** A cluster as a kubeconfig names it. */
export interface KubeconfigCluster {
  /** Name of the context, too. */
  readonly name: string;
  /** `http://127.0.0.1:43211` */
  readonly url: string;
  readonly token: string;
}

/** A kubeconfig with one context per cluster; the first is the current one. */
export function kubeconfigFor(clusters: readonly KubeconfigCluster[]): string {
  return stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': clusters[0]?.name ?? '',
      clusters: clusters.map(({ name, url }) => ({ name, cluster: { server: url, ...plainHttp(url) } })),
      users: clusters.map(({ name, token }) => ({ name, user: { token } })),
      contexts: clusters.map(({ name }) => ({ name, context: { cluster: name, user: name, namespace: 'default' } })),
    },
    { version: '1.1' },
  );
}

/** The client library takes plain HTTP only where TLS need not be verified. */
function plainHttp(url: string): Readonly<Record<string, boolean>> {
  return url.startsWith('http://') ? { 'insecure-skip-tls-verify': true } : {};
}
